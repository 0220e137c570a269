import type { CharSet } from "./char-set.js";
import type { Expression } from "./expression.js";
import { TooComplexError } from "../../patience.js";

/** More would make a grammar that is slow. */
const MAX_STATES = 200_000;

interface NfaState {
  /** Where it is possible to go without a character. */
  readonly free: number[];
  readonly edges: { readonly set: CharSet; readonly to: number }[];
}

/** A machine that may be in several states at once (Thompson's construction). */
export class Nfa {
  readonly states: NfaState[] = [];
  readonly start: number;
  readonly end: number;

  constructor(expression: Expression) {
    this.start = this.#state();
    this.end = this.#build(expression, this.start);
  }

  /** @returns the state after the expression, from a state before it */
  #build(expression: Expression, from: number): number {
    switch (expression.kind) {
      case "chars": {
        const to = this.#state();
        this.states[from]?.edges.push({ set: expression.set, to });
        return to;
      }
      case "sequence":
        return expression.parts.reduce((at, part) => this.#build(part, at), from);
      case "choice": {
        const to = this.#state();
        for (const option of expression.options) this.#go(this.#build(option, this.#after(from)), to);
        return to;
      }
      case "repeat":
        return this.#repeat(expression, from);
      case "automaton": {
        const base = this.states.length;
        const to = this.#state();
        const { states } = expression.dfa;
        for (const _ of states) this.#state();
        this.#go(from, base + 1);
        states.forEach(({ accepts, edges }, index) => {
          if (accepts) this.#go(base + 1 + index, to);
          for (const edge of edges) this.states[base + 1 + index]?.edges.push({ ...edge, to: base + 1 + edge.to });
        });
        return to;
      }
    }
  }

  #repeat({ of, min, max }: Extract<Expression, { kind: "repeat" }>, from: number): number {
    let at = from;
    for (let count = 0; count < min; count++) at = this.#build(of, at);
    if (max === Infinity) {
      const loop = this.#after(at);
      this.#go(this.#build(of, loop), loop);
      return this.#after(loop);
    }
    const to = this.#state();
    this.#go(at, to);
    for (let count = min; count < max; count++) {
      at = this.#build(of, this.#after(at));
      this.#go(at, to);
    }
    return to;
  }

  #state(): number {
    if (this.states.length >= MAX_STATES) throw new TooComplexError();
    return this.states.push({ free: [], edges: [] }) - 1;
  }

  #after(from: number): number {
    const to = this.#state();
    this.#go(from, to);
    return to;
  }

  #go(from: number, to: number): void {
    this.states[from]?.free.push(to);
  }
}
