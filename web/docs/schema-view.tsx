import type { JSX } from "preact";
import type { Schema } from "./document.js";
import { Words } from "./words.js";

interface SchemaProps {
  readonly schema: Schema;
}

/** What a value must be: its fields, one below another. */
export function SchemaView({ schema }: SchemaProps): JSX.Element {
  const forms = formsOf(schema);
  if (forms.length > 0) {
    return (
      <ul class="forms">
        {forms.map((form, index) => (
          <li key={index}>
            {index > 0 && <span class="hint">or </span>}
            <Value schema={form} />
          </li>
        ))}
      </ul>
    );
  }
  return <Value schema={schema} />;
}

function Value({ schema }: SchemaProps): JSX.Element {
  return (
    <>
      <span class="type">{typeOf(schema)}</span> <Words text={textOf(schema["description"])} />
      <Inside schema={schema} />
    </>
  );
}

function Inside({ schema }: SchemaProps): JSX.Element | null {
  const properties = (schema["properties"] ?? {}) as Readonly<Record<string, Schema>>;
  const required = (schema["required"] ?? []) as readonly string[];
  const fields = Object.entries(properties);
  const items = schema["items"];
  if (fields.length === 0) return isSchema(items) && hasInside(items) ? <SchemaView schema={items} /> : null;
  return (
    <dl class="fields">
      {fields.map(([name, field]) => (
        <div key={name}>
          <dt>
            <code>{name}</code>
            {required.includes(name) && <span class="hint"> required</span>}
          </dt>
          <dd>
            <SchemaView schema={field} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function formsOf(schema: Schema): readonly Schema[] {
  return (schema["anyOf"] ?? schema["oneOf"] ?? []) as readonly Schema[];
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null;
}

/** Whether there is more to say of it than its type. */
function hasInside(schema: Schema): boolean {
  const { properties, items } = schema as { properties?: unknown; items?: unknown };
  return properties !== undefined || formsOf(schema).length > 0 || (isSchema(items) && hasInside(items));
}

/** Such as `integer, 0 to 20, default 1`. */
function typeOf(schema: Schema): string {
  const { type, items, enum: values, minimum, maximum, maxItems } = schema;
  const named = [type].flat().filter((one) => typeof one === "string");
  const inner = isSchema(items) && typeof items["type"] === "string" ? ` of ${items["type"]}` : "";
  const only = Array.isArray(values) ? values : "const" in schema ? [schema["const"]] : undefined;
  const parts = [
    only === undefined ? `${named.join(" or ") || "anything"}${inner}` : only.map(said).join(" or "),
    ...(minimum === undefined && maximum === undefined ? [] : [range(minimum, maximum)]),
    ...(maxItems === undefined ? [] : [`at most ${said(maxItems)}`]),
    ...("default" in schema ? [`default ${said(schema["default"])}`] : []),
  ];
  return formsOf(schema).length > 0 ? "one of" : parts.join(", ");
}

function range(least: unknown, most: unknown): string {
  if (most === undefined) return `${said(least)} or more`;
  return least === undefined ? `at most ${said(most)}` : `${said(least)} to ${said(most)}`;
}

function said(value: unknown): string {
  return JSON.stringify(value) ?? "";
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
