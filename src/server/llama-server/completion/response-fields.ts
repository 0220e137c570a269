/**
 * Of a body, the fields that a client wants. `a/b` is the field `b` of `a`, under the name `b`. What is not there is left out.
 */
export function selectFields(body: object, wanted: readonly string[] | undefined): object {
  if (wanted === undefined || wanted.length === 0) return body;
  const selected = wanted.flatMap((path) => {
    const names = path.split("/");
    const value = names.reduce<unknown>(fieldOf, body);
    const name = names.at(-1);
    return value === undefined || name === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(selected);
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
