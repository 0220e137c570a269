import type { z } from "zod";
import { HttpError } from "./http-error.js";

/** Checks a value, and throws an error that names the first field that is wrong. */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const issue = deepest(error.issues);
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const path = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])];
  const param = path.length === 0 ? undefined : path.map(String).join(".");
  const problem = unknown === undefined ? (issue?.message ?? "It is not valid.") : "This field is not supported.";
  throw new HttpError("ARGUMENT_INVALID", param === undefined ? problem : `${param}: ${problem}`, { param });
}

/** Of a union none of whose forms fits, what is wrong with the form that fits best. */
function deepest(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue | undefined {
  const [first] = issues;
  if (first?.code !== "invalid_union") return first;
  const inner = first.errors
    .map((form) => deepest(form))
    .filter((issue) => issue !== undefined)
    .toSorted((a, b) => b.path.length - a.path.length)[0];
  return inner === undefined || inner.path.length === 0 ? first : { ...inner, path: [...first.path, ...inner.path] };
}
