import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ApiDocument, Operation } from "./document.js";
import { OperationView } from "./operation-view.js";
import { Words } from "./words.js";

/** All routes of the server, by the API that they are of. */
export function DocsView({ api }: { readonly api: ApiDocument }): JSX.Element {
  const [wanted, setWanted] = useState("");
  const found = api.operations.filter((operation) => fits(operation, wanted));
  return (
    <>
      <header>
        <h1>mullama {api.info.version}</h1>
        {api.info.description.split("\n\n").map((text) => (
          <p key={text}>
            <Words text={text} />
          </p>
        ))}
        <p>
          The same <a href="openapi.json">for programs</a>; and <a href="ui/">the page</a> to talk to models.
        </p>
        <label class="field">
          <span>Find a route</span>
          <input type="search" value={wanted} onInput={(event) => setWanted(event.currentTarget.value)} />
        </label>
      </header>
      <p class="hint" role="status">
        {found.length} of {api.operations.length} routes
      </p>
      {api.tags.map(({ name, description }) => {
        const own = found.filter(({ tags }) => tags.includes(name));
        if (own.length === 0) return null;
        return (
          <section key={name} aria-label={name}>
            <h2>{name}</h2>
            <p>
              <Words text={description} />
            </p>
            {own.map((operation) => (
              <OperationView key={operation.operationId} api={api} operation={operation} />
            ))}
          </section>
        );
      })}
    </>
  );
}

function fits({ method, path, summary }: Operation, wanted: string): boolean {
  const text = `${method} ${path} ${summary}`.toLowerCase();
  return wanted
    .toLowerCase()
    .split(" ")
    .every((word) => text.includes(word));
}
