import { callFunction } from "./functions.js";
import type { Scope } from "./scope.js";
import { type Expression, type Pipeline, Refusal } from "./syntax.js";
import { absent, nil, type Value, text, integer, boolean } from "./types.js";
import { literal } from "./write.js";

/** Longer than this, an expression would not be of a chat template. */
const LONGEST = 20_000;

/** The value of a pipeline, without what it does to variables. */
export function valueOf(pipeline: Pipeline, scope: Scope): Value {
  let piped: Value | undefined;
  for (const command of pipeline.commands) {
    piped = commandValue(command, piped, scope, pipeline.at);
    if (piped.jinja.length > LONGEST) throw new Refusal(pipeline.at, "the expression is too long");
  }
  if (piped === undefined) throw new Refusal(pipeline.at, "a value is missing");
  return piped;
}

function commandValue(command: readonly Expression[], piped: Value | undefined, scope: Scope, at: number): Value {
  const [first, ...rest] = command;
  if (first === undefined) throw new Refusal(at, "a value is missing");
  if (first.kind === "function") {
    const args = rest.map((expression) => expressionValue(expression, scope));
    return callFunction(first.name, piped === undefined ? args : [...args, piped], first.at);
  }
  if (rest.length > 0 || piped !== undefined) throw new Refusal(first.at, "only functions can be given values");
  return expressionValue(first, scope);
}

function expressionValue(expression: Expression, scope: Scope): Value {
  const { at } = expression;
  switch (expression.kind) {
    case "text":
      return { jinja: literal(expression.value), type: text };
    case "integer":
      return { jinja: String(expression.value), type: integer };
    case "boolean":
      return { jinja: String(expression.value), type: boolean };
    case "nil":
      return nil;
    case "function":
      return callFunction(expression.name, [], at);
    case "group":
      return fieldOf(valueOf(expression.pipeline, scope), expression.path, at);
    case "field":
      return fieldOf(scope.dot, expression.path, at);
    case "variable": {
      const start = expression.name === "$" ? scope.root : scope.find(expression.name, at);
      return fieldOf(start, expression.path, at);
    }
  }
}

function fieldOf(start: Scope["dot"], path: readonly string[], at: number): Value {
  let value = start;
  for (const name of path) value = step(value, name, at);
  if (isValue(value)) return value;
  throw new Refusal(at, "all of the data at once cannot be said in Jinja");
}

export function isValue(value: Scope["dot"]): value is Value {
  return typeof value["jinja"] === "string";
}

function step(value: Scope["dot"], name: string, at: number): Value {
  if (!isValue(value)) {
    const found = Object.hasOwn(value, name) ? value[name] : undefined;
    if (found !== undefined) return found;
    if (absent.has(name)) return nil;
    throw new Refusal(at, `there is no .${name} in what templates are given`);
  }
  const { jinja, type } = value;
  if (type.kind === "map") return { jinja: `${jinja}[${literal(name)}]`, type: type.of };
  const found = type.kind === "struct" && Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
  if (found === undefined) throw new Refusal(at, `there is no .${name} in a value of the kind ${type.kind}`);
  return { jinja: found.of(jinja), type: found.type };
}
