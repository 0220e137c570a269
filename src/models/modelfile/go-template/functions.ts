/** The functions of Go templates, and what Ollama adds. */
import { Refusal } from "./syntax.js";
import { any, boolean, integer, nil, text, type Value } from "./types.js";
import { json, literal } from "./write.js";

type Function = (args: readonly Value[], at: number) => Value;

const truth = (jinja: string): Value => ({ jinja: `(${jinja})`, type: boolean });

/** A value as a condition: in Go, a struct is always true. */
export function condition({ jinja, type }: Value): string {
  if (type.kind === "struct") return "true";
  return type.kind === "nil" ? "false" : jinja;
}

/** A value as text, as Go prints it. */
export function printed({ jinja, type }: Value, at: number): string {
  if ("json" in type) return json(jinja);
  switch (type.kind) {
    case "text":
    case "integer":
      return jinja;
    case "boolean":
      return `('true' if ${jinja} else 'false')`;
    case "nil":
      // What `and` is with nothing in it is false at any rate, but which of its values is not known here.
      if (jinja !== nil.jinja) throw new Refusal(at, "an and with a field that chats never have cannot be printed");
      return "'<no value>'";
    default:
      throw new Refusal(at, `how Go prints a value of the kind ${type.kind} cannot be said in Jinja`);
  }
}

const either =
  (operator: "and" | "or"): Function =>
  (args, at) => {
    const [first] = args;
    if (first === undefined) throw new Refusal(at, `${operator} wants a value`);
    if (operator === "and" && args.some(({ type }) => type.kind === "nil")) return { ...nil, jinja: "false" };
    const given = operator === "or" ? args.filter(({ type }) => type.kind !== "nil") : args;
    const [kept] = given;
    if (kept === undefined) return nil;
    const same = given.every(({ type }) => type === kept.type || (type.kind === kept.type.kind && isPlain(type.kind)));
    const values = given.map((value) => (same ? value.jinja : condition(value)));
    return { jinja: `(${values.join(` ${operator} `)})`, type: same ? kept.type : any };
  };

const isPlain = (kind: string): boolean => kind === "text" || kind === "integer" || kind === "boolean";

function requireAlike(one: Value, other: Value, at: number): void {
  if (one.type.kind === other.type.kind && isPlain(one.type.kind)) return;
  const zero = (value: Value) => value.type.kind === "integer" && value.jinja === "0";
  if ((one.type.kind === "bytes" && zero(other)) || (other.type.kind === "bytes" && zero(one))) return;
  throw new Refusal(
    at,
    `a value of the kind ${one.type.kind} cannot be compared with one of the kind ${other.type.kind}`,
  );
}

const order =
  (operator: string): Function =>
  (args, at) => {
    const [one, other] = pair(args, at);
    requireAlike(one, other, at);
    if (one.type.kind === "text") throw new Refusal(at, "the order of texts is not supported");
    return truth(`${one.jinja} ${operator} ${other.jinja}`);
  };

function pair(args: readonly Value[], at: number): readonly [Value, Value] {
  const [one, other] = args;
  if (one === undefined || other === undefined || args.length > 2) throw new Refusal(at, "it wants two values");
  return [one, other];
}

function single(args: readonly Value[], at: number): Value {
  const [one] = args;
  if (one === undefined || args.length > 1) throw new Refusal(at, "it wants one value");
  return one;
}

const functions: Readonly<Record<string, Function>> = {
  and: either("and"),
  or: either("or"),
  not: (args, at) => truth(`not ${condition(single(args, at))}`),
  eq: (args, at) => {
    const [one, ...others] = args;
    if (one === undefined || others.length === 0) throw new Refusal(at, "eq wants two values or more");
    for (const other of others) requireAlike(one, other, at);
    return truth(others.map(({ jinja }) => `${one.jinja} == ${jinja}`).join(" or "));
  },
  ne: (args, at) => {
    const [one, other] = pair(args, at);
    requireAlike(one, other, at);
    return truth(`${one.jinja} != ${other.jinja}`);
  },
  lt: order("<"),
  le: order("<="),
  gt: order(">"),
  ge: order(">="),
  len: (args, at) => {
    const { jinja, type } = single(args, at);
    if (type.kind === "text") return { jinja: `(${jinja}|length)`, type: { kind: "bytes" } };
    if (type.kind === "list" || type.kind === "map") return { jinja: `(${jinja}|length)`, type: integer };
    throw new Refusal(at, `len of the kind ${type.kind} is not supported`);
  },
  index: (args, at) => {
    const [list, key] = pair(args, at);
    const { type } = list;
    const fits = type.kind === "list" ? key.type.kind === "integer" : key.type.kind === "text";
    if ((type.kind !== "list" && type.kind !== "map") || !fits)
      throw new Refusal(at, "index wants a list and an integer");
    return { jinja: `${list.jinja}[${key.jinja}]`, type: type.of };
  },
  slice: (args, at) => {
    const [list, from, to, ...more] = args;
    if (list?.type.kind !== "list" || more.length > 0)
      throw new Refusal(at, "slice wants a list and one or two integers");
    for (const bound of [from, to]) {
      if (bound !== undefined && bound.type.kind !== "integer") throw new Refusal(at, "slice wants integers");
    }
    return {
      jinja: `${list.jinja}[${from?.jinja ?? "0"}:${to?.jinja ?? ""}]`,
      type: { kind: "list", of: list.type.of },
    };
  },
  json: (args, at) => {
    const value = single(args, at);
    if (value.type.kind === "struct" && value.type.json !== true)
      throw new Refusal(at, "the JSON of a message or a call is not supported");
    return { jinja: json(value.jinja), type: text };
  },
  print: (args, at) => {
    const [value, ...more] = args;
    if (more.length > 0) throw new Refusal(at, "print of more than one value is not supported; printf is");
    return { jinja: value === undefined ? "''" : printed(value, at), type: text };
  },
  printf: (args, at) => {
    const [format, ...values] = args;
    const parts = format === undefined ? null : /^"((?:[^"\\]|\\.)*)"$/s.exec(format.jinja);
    if (parts === null) throw new Refusal(at, "printf wants a format in quotes");
    return {
      jinja: `(${formatted(String(JSON.parse(`"${parts[1] ?? ""}"`.replaceAll("\\v", "\\u000b"))), values, at)})`,
      type: text,
    };
  },
  currentDate: () => ({ jinja: "strftime_now('%Y-%m-%d')", type: text }),
};

const verbs: Readonly<Record<string, readonly string[]>> = {
  s: ["text"],
  d: ["integer"],
  t: ["boolean"],
  v: ["text", "integer", "boolean"],
};

function formatted(format: string, values: readonly Value[], at: number): string {
  let next = 0;
  const parts = format.split(/(%[^%]*?[a-zA-Z%])/).map((part, index) => {
    if (index % 2 === 0) return literal(part);
    if (part === "%%") return literal("%");
    const value = values[next++];
    const asJson = value !== undefined && "json" in value.type && part !== "%d";
    if (value === undefined || part.length !== 2 || !(asJson || verbs[part.charAt(1)]?.includes(value.type.kind)))
      throw new Refusal(at, `printf with ${part} is not supported for this value`);
    return printed(value, at);
  });
  if (next < values.length) throw new Refusal(at, "printf has more values than its format");
  return parts.filter((part) => part !== '""').join(" ~ ") || "''";
}

export function callFunction(name: string, args: readonly Value[], at: number): Value {
  const called = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (called === undefined)
    throw new Refusal(
      at,
      `the function ${name.slice(0, 40)} is not supported; known are ${Object.keys(functions).join(", ")}`,
    );
  return called(args, at);
}
