/**
 * What Python's Jinja does and `@huggingface/jinja` does not, as far as chat templates need it: it is written into the
 * parsed template as calls of functions that are given to it with the other variables.
 */
import { Template } from "@huggingface/jinja";

/** A node of the parsed template. */
interface Node {
  readonly type: string;
  [field: string]: unknown;
}

/** Methods of lists and strings, and filters, that become functions. */
const methods = new Set(["append", "pop", "format"]);
const filters = new Set(["string", "min", "max"]);
const name = (of: string): string => `mullama_${of}`;

/** @throws {Error} where it is not Jinja */
export function parseJinja(source: string): Template {
  const template = new Template(source);
  let numericKeys = false;
  visit(template.parsed, (node) => {
    if (node.type === "ObjectLiteral")
      numericKeys ||= [...(node["value"] as Map<Node, Node>).keys()].some(({ type }) => type === "IntegerLiteral");
  });
  visit(template.parsed, (node) => replace(node, numericKeys));
  return template;
}

/** Shows every node, those inside of it first. */
function visit(node: unknown, show: (node: Node) => void): void {
  if (Array.isArray(node)) for (const item of node) visit(item, show);
  else if (node instanceof Map) visit([...node].flat(), show);
  else if (typeof node === "object" && node !== null) {
    visit(Object.values(node), show);
    if ("type" in node) show(node as Node);
  }
}

/** @param numericKeys whether there are numbers among the keys of its objects, which are texts here */
function replace(node: Node, numericKeys: boolean): void {
  switch (node.type) {
    case "For":
    case "Set": {
      // The names that are given a value are a tuple, not one's value.
      const names = (node["loopvar"] ?? node["assignee"]) as Node;
      if (names.type === "ArrayLiteral") become(names, { type: "TupleLiteral", value: names["value"] });
      break;
    }
    // A loop takes lists apart, and no tuples.
    case "TupleLiteral":
      become(node, { type: "ArrayLiteral", value: node["value"] });
      break;
    case "ObjectLiteral":
      become(node, { type: "ObjectLiteral", value: new Map([...(node["value"] as Map<Node, Node>)].map(withTextKey)) });
      break;
    case "BinaryExpression": {
      const operator = String((node["operator"] as Node)["value"]);
      if (!numericKeys || !(operator in comparisons)) break;
      become(node, callOf("compare", [{ type: "StringLiteral", value: operator }, node["left"], node["right"]]));
      break;
    }
    case "FilterExpression": {
      const filter = node["filter"] as Node;
      const called = String(filter["value"]);
      if (filter.type === "Identifier" && filters.has(called)) become(node, callOf(called, [node["operand"]]));
      break;
    }
    case "CallExpression": {
      const callee = node["callee"] as Node;
      const method = callee["property"] as Node | undefined;
      const called = String(method?.["value"]);
      if (callee.type !== "MemberExpression" || callee["computed"] === true || !methods.has(called)) break;
      const given = node["args"] as readonly unknown[];
      // In a list, what is appended stays the value that it is.
      const rest = called === "append" ? [{ type: "ArrayLiteral", value: given }] : given;
      become(node, callOf(called, [callee["object"], ...rest]));
    }
  }
}

function become(node: Node, other: Node): void {
  for (const key of Object.keys(node)) Reflect.deleteProperty(node, key);
  Object.assign(node, other);
}

function callOf(called: string, args: readonly unknown[]): Node {
  return { type: "CallExpression", callee: { type: "Identifier", value: name(called) }, args };
}

function withTextKey([key, value]: readonly [Node, Node]): [Node, Node] {
  const number = key.type === "IntegerLiteral" || key.type === "FloatLiteral";
  return [number ? { type: "StringLiteral", value: String(key["value"]) } : key, value];
}

const comparisons: Readonly<Record<string, (one: number, other: number) => boolean>> = {
  "<": (one, other) => one < other,
  "<=": (one, other) => one <= other,
  ">": (one, other) => one > other,
  ">=": (one, other) => one >= other,
};

/** The functions that a rewritten template calls. They see what is inside of Jinja's values. */
export const jinjaFunctions: Readonly<Record<string, unknown>> = {
  [name("string")]: (value: unknown) => (typeof value === "string" ? value : pythonText(plain(value))),
  [name("compare")]: (operator: string, one: unknown, other: unknown) =>
    comparisons[operator]?.(Number(one), Number(other)),
  [name("min")]: (list: readonly unknown[]) => extreme(list, -1),
  [name("max")]: (list: readonly unknown[]) => extreme(list, 1),
  [name("append")]: (list: unknown[], items: readonly unknown[]) => void list.push(...items),
  [name("pop")]: (list: unknown[], at: number = list.length - 1) => plain(list.splice(at, 1)[0]),
  [name("format")]: (text: string, ...values: readonly unknown[]) => {
    let next = 0;
    return text.replace(/\{(\d*)\}/g, (_whole, at: string) => {
      const value = plain(values[at === "" ? next++ : Number(at)]);
      return typeof value === "string" ? value : pythonText(value);
    });
  },
};

function extreme(list: readonly unknown[], sign: number): unknown {
  return list.map(plain).reduce((best, value) => ((value as number) * sign > (best as number) * sign ? value : best));
}

/** What is inside of a value of Jinja. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)]));
  if (typeof value === "object" && value !== null && "value" in value) return plain(value.value);
  return value;
}

/** A value as Python's `str` writes it. */
function pythonText(value: unknown): string {
  if (typeof value === "string") return `'${value.replaceAll(/['\\]/g, "\\$&")}'`;
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(pythonText).join(", ")}]`;
  if (typeof value !== "object" || value === null)
    return value === null || value === undefined ? "None" : JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, item]) => `${pythonText(key)}: ${pythonText(item)}`);
  return `{${pairs.join(", ")}}`;
}
