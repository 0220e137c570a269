import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type ApiDocument, type Content, type Operation, resolved, scopeOf } from "./document.js";
import { SchemaView } from "./schema-view.js";
import { Words } from "./words.js";

interface OperationProps {
  readonly api: ApiDocument;
  readonly operation: Operation;
}

/** A route: what it does, and, where it is opened, what it reads and answers with. */
export function OperationView({ api, operation }: OperationProps): JSX.Element {
  const { method, path, summary, operationId } = operation;
  const [open, setOpen] = useState(location.hash === `#${operationId}`);
  return (
    <details id={operationId} class="operation" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class={`method ${method.toLowerCase()}`}>{method}</span> <code>{path}</code>{" "}
        <span class="hint">{summary}</span>
      </summary>
      {open && <Details api={api} operation={operation} />}
    </details>
  );
}

function Details({ api, operation }: OperationProps): JSX.Element {
  const { description, parameters = [], requestBody, responses, operationId } = operation;
  const scope = scopeOf(operation);
  return (
    <div class="details">
      {description !== undefined && (
        <p>
          <Words text={description} />
        </p>
      )}
      <p class="hint">
        {scope === "public" ? "Needs no key." : `Where there are keys, it needs one with the scope ${scope}.`}{" "}
        <a href={`#${operationId}`}>Link</a>
      </p>
      {parameters.length > 0 && (
        <>
          <h4>In its address</h4>
          <SchemaView
            schema={{
              type: "object",
              properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
              required: parameters.filter(({ required }) => required === true).map(({ name }) => name),
            }}
          />
        </>
      )}
      {requestBody !== undefined && <Bodies api={api} title="It reads" content={requestBody.content} />}
      {requestBody?.content["application/json"] !== undefined && (
        <>
          <h4>For example</h4>
          <pre tabIndex={0}>{curlOf(operation)}</pre>
        </>
      )}
      {Object.entries(responses).map(([status, given]) => {
        const answer = resolved(api, given);
        const title = status === "default" ? "It answers where it fails" : `It answers ${status}`;
        return (
          <div key={status}>
            <Bodies api={api} title={title} says={answer.description ?? ""} content={answer.content ?? {}} />
          </div>
        );
      })}
    </div>
  );
}

interface BodiesProps {
  readonly api: ApiDocument;
  readonly title: string;
  readonly says?: string;
  readonly content: Content;
}

function Bodies({ api, title, says = "", content }: BodiesProps): JSX.Element {
  return (
    <>
      <h4>{title}</h4>
      {says !== "" && (
        <p>
          <Words text={says} />
        </p>
      )}
      {Object.entries(content).map(([type, { schema }]) => (
        <details key={type} class="body">
          <summary>
            <code>{type}</code>
          </summary>
          {schema !== undefined && <SchemaView schema={resolved(api, schema)} />}
        </details>
      ))}
    </>
  );
}

function curlOf({ method, path, requestBody }: Operation): string {
  const body = JSON.stringify(requestBody?.content["application/json"]?.example).replaceAll("'", "'\\''");
  const address = new URL(path.slice(1), document.baseURI).href;
  return `curl -X ${method} ${address} \\\n  -H 'Content-Type: application/json' \\\n  -d '${body}'`;
}
