import type { ParameterValue } from "./modelfile.js";
import { parameterOf, type ParameterName } from "./parameters.js";

/** A parameter's value out of the text of a Modelfile, or what is wrong with it. */
export function readParameter(name: ParameterName, text: string): ParameterValue | { readonly problem: string } {
  const parameter = parameterOf(name);
  if (parameter.type === "texts") return text;
  const value =
    parameter.type === "boolean"
      ? { true: true, false: false, 1: true, 0: false }[text.toLowerCase()]
      : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)
        ? Number(text)
        : undefined;
  const problem = value === undefined ? `it must be ${allowed(name)}, but is ${show(text)}` : problemOf(name, value);
  return problem === undefined && value !== undefined ? value : { problem: problem ?? "it has no value" };
}

/** What is wrong with a value that came as JSON; undefined where nothing is. */
export function problemOf(name: ParameterName, value: unknown): string | undefined {
  return fits(name, value) ? undefined : `it must be ${allowed(name)}, but is ${show(value)}`;
}

function fits(name: ParameterName, value: unknown): boolean {
  const parameter = parameterOf(name);
  if (parameter.type === "boolean") return typeof value === "boolean";
  if (parameter.type === "texts") return typeof value === "string";
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  if (parameter.type === "integer" && !Number.isInteger(value)) return false;
  return value >= parameter.min && value <= parameter.max;
}

export function allowed(name: ParameterName): string {
  const parameter = parameterOf(name);
  if (parameter.type === "boolean") return "true or false";
  if (parameter.type === "texts") return "a text";
  return `${parameter.type === "integer" ? "an integer" : "a number"} from ${parameter.min} to ${parameter.max}`;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
