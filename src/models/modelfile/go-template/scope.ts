import { Refusal } from "./syntax.js";
import type { Value } from "./types.js";

/** The variables that can be seen at a place. */
export class Scope {
  readonly dot: Value | Readonly<Record<string, Value>>;
  /** What `$` is. */
  readonly root: Value | Readonly<Record<string, Value>>;
  readonly inLoop: boolean;
  readonly #parent: Scope | undefined;
  readonly #variables = new Map<string, Value>();

  constructor(dot: Scope["dot"], root: Scope["root"], inLoop: boolean, parent?: Scope) {
    this.dot = dot;
    this.root = root;
    this.inLoop = inLoop;
    this.#parent = parent;
  }

  /** What is inside of a block sees what is around it. */
  inner(dot: Scope["dot"] = this.dot, inLoop: boolean = this.inLoop): Scope {
    return new Scope(dot, this.root, inLoop, this);
  }

  declare(name: string, value: Value): void {
    this.#variables.set(name, value);
  }

  find(name: string, at: number): Value {
    const found = this.#variables.get(name) ?? this.#parent?.find(name, at);
    if (found === undefined) throw new Refusal(at, `the variable ${name.slice(0, 40)} is not declared`);
    return found;
  }
}
