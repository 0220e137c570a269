import { isValue, valueOf } from "./expression.js";
import { condition, printed } from "./functions.js";
import { Scope } from "./scope.js";
import { type Branch, type GoTemplate, type Node, type Pipeline, Refusal } from "./syntax.js";
import { integer, text, type Value } from "./types.js";
import { output } from "./write.js";

const DEEPEST = 16;
const LONGEST = 4_000_000;

/** Writes the nodes of a Go template as Jinja. */
export class Translator {
  readonly #template: GoTemplate;
  #names = 0;
  #length = 0;
  #depth = 0;

  constructor(template: GoTemplate) {
    this.#template = template;
  }

  /** @param data what the template is given */
  translate(nodes: readonly Node[], data: Readonly<Record<string, Value>>): string {
    return this.#list(nodes, new Scope(data, data, false));
  }

  #list(nodes: readonly Node[], scope: Scope): string {
    let jinja = "";
    for (const node of nodes) {
      const part = this.#node(node, scope);
      this.#length += part.length;
      if (this.#length > LONGEST) throw new Refusal(node.at, "what it expands to is too long");
      jinja += part;
    }
    return jinja;
  }

  #node(node: Node, scope: Scope): string {
    switch (node.kind) {
      case "text":
        return output(node.text);
      case "action":
        return this.#action(node.pipeline, scope);
      case "if":
        return this.#if(node, scope);
      case "with":
        return this.#with(node, scope);
      case "range":
        return this.#range(node, scope);
      case "template":
        return this.#named(node.name, node.pipeline, scope, node.at);
      case "break":
      case "continue":
        if (!scope.inLoop) throw new Refusal(node.at, `{{ ${node.kind} }} is outside of a range`);
        return `{% ${node.kind} %}`;
    }
  }

  #action(pipeline: Pipeline, scope: Scope): string {
    const value = valueOf(pipeline, scope);
    const [name, more] = pipeline.variables;
    if (name === undefined) return `{{ ${printed(value, pipeline.at)} }}`;
    if (more !== undefined) throw new Refusal(pipeline.at, "only a range gives two variables a value");
    return this.#assign(name, value, pipeline, scope);
  }

  #assign(name: string, value: Value, { declares, at }: Pipeline, scope: Scope): string {
    if (declares) {
      const variable = this.#variable(value);
      scope.declare(name, variable);
      return `{% set ${variable.jinja} = ${value.jinja} %}`;
    }
    const variable = scope.find(name, at);
    if (variable.type.kind !== value.type.kind || !variable.jinja.startsWith("v."))
      throw new Refusal(at, `${name} cannot be given a value of another kind`);
    return `{% set ${variable.jinja} = ${value.jinja} %}`;
  }

  /** A name of its own for each value, since Jinja's loops forget what is set in them. */
  #variable({ type }: Value): Value {
    return { jinja: `v.x${this.#names++}`, type };
  }

  #if(branch: Branch, scope: Scope): string {
    const inner = scope.inner();
    const { before, value } = this.#tested(branch.pipeline, inner);
    // A field that chats never have: the branch is never taken, and need not be convertible.
    if (value.type.kind === "nil") return before + this.#list(branch.otherwise, inner);
    const body = this.#list(branch.body, inner.inner());
    const otherwise = this.#list(branch.otherwise, inner.inner());
    const alternative = otherwise === "" ? "" : `{% else %}${otherwise}`;
    return `${before}{% if ${condition(value)} %}${body}${alternative}{% endif %}`;
  }

  #with(branch: Branch, scope: Scope): string {
    const inner = scope.inner();
    const { before, value } = this.#tested(branch.pipeline, inner);
    if (value.type.kind === "nil") return before + this.#list(branch.otherwise, inner);
    const dot = this.#variable(value);
    const body = this.#list(branch.body, inner.inner(dot));
    const otherwise = this.#list(branch.otherwise, inner.inner());
    const alternative = otherwise === "" ? "" : `{% else %}${otherwise}`;
    return `${before}{% set ${dot.jinja} = ${value.jinja} %}{% if ${condition(dot)} %}${body}${alternative}{% endif %}`;
  }

  /** What a branch asks, and the variable that it is given to. */
  #tested(pipeline: Pipeline, scope: Scope): { before: string; value: Value } {
    const value = valueOf(pipeline, scope);
    const [name, more] = pipeline.variables;
    if (more !== undefined) throw new Refusal(pipeline.at, "only a range gives two variables a value");
    if (name === undefined || value.type.kind === "nil") return { before: "", value };
    return { before: this.#assign(name, value, pipeline, scope), value: scope.find(name, pipeline.at) };
  }

  #range(branch: Branch, scope: Scope): string {
    const { pipeline } = branch;
    const { jinja, type } = valueOf(pipeline, scope);
    const otherwise = this.#list(branch.otherwise, scope.inner());
    if (type.kind === "nil") return otherwise;
    if (type.kind !== "list" && type.kind !== "map")
      throw new Refusal(branch.at, `a range over a value of the kind ${type.kind} is not supported`);
    if (pipeline.variables.length > 0 && !pipeline.declares)
      throw new Refusal(branch.at, "a range that gives values to variables of outside is not supported");
    const number = this.#names++;
    const item: Value = { jinja: `i${number}`, type: type.of };
    const key: Value =
      type.kind === "list" ? { jinja: `k${number}`, type: integer } : { jinja: `k${number}`, type: text };
    const inner = scope.inner(item, true);
    const [first, second] = pipeline.variables;
    // With one variable, it is the element.
    if (first !== undefined) inner.declare(first, second === undefined ? item : key);
    if (second !== undefined) inner.declare(second, item);
    const alternative = otherwise === "" ? "" : `{% else %}${otherwise}`;
    const body = this.#list(branch.body, inner);
    const end = `${body}${alternative}{% endfor %}`;
    // Go goes through a map in the order of its keys.
    if (type.kind === "map") return `{% for ${key.jinja}, ${item.jinja} in ${jinja}|dictsort(true) %}${end}`;
    return `{% for ${item.jinja} in ${jinja} %}{% set ${key.jinja} = loop.index0 %}${end}`;
  }

  #named(name: string, pipeline: Pipeline | undefined, scope: Scope, at: number): string {
    const nodes = this.#template.defined.get(name);
    if (nodes === undefined) throw new Refusal(at, `the template ${JSON.stringify(name.slice(0, 40))} is not defined`);
    if (++this.#depth > DEEPEST) throw new Refusal(at, "templates that use each other are nested too deeply");
    const data = pipeline === undefined ? {} : this.#given(pipeline, scope);
    const jinja = isValue(data) && !data.jinja.startsWith("v.") ? this.#kept(data, nodes) : this.#inside(data, nodes);
    this.#depth--;
    return jinja;
  }

  #kept(data: Value, nodes: readonly Node[]): string {
    const dot = this.#variable(data);
    return `{% set ${dot.jinja} = ${data.jinja} %}${this.#inside(dot, nodes)}`;
  }

  #inside(data: Scope["dot"], nodes: readonly Node[]): string {
    return this.#list(nodes, new Scope(data, data, false));
  }

  #given(pipeline: Pipeline, scope: Scope): Scope["dot"] {
    const [[only, ...more] = [], ...rest] = pipeline.commands;
    const alone = more.length === 0 && rest.length === 0;
    if (alone && only?.kind === "field" && only.path.length === 0) return scope.dot;
    if (alone && only?.kind === "variable" && only.name === "$" && only.path.length === 0) return scope.root;
    return valueOf(pipeline, scope);
  }
}
