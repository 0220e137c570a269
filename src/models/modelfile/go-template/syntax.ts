/** What a Go template is made of. */
import { MullamaError } from "../../../errors.js";

export type Expression =
  | { readonly kind: "field"; readonly path: readonly string[]; readonly at: number }
  | { readonly kind: "variable"; readonly name: string; readonly path: readonly string[]; readonly at: number }
  | { readonly kind: "text"; readonly value: string; readonly at: number }
  | { readonly kind: "integer"; readonly value: number; readonly at: number }
  | { readonly kind: "boolean"; readonly value: boolean; readonly at: number }
  | { readonly kind: "nil"; readonly at: number }
  | { readonly kind: "function"; readonly name: string; readonly at: number }
  | { readonly kind: "group"; readonly pipeline: Pipeline; readonly path: readonly string[]; readonly at: number };

/** Commands, each given the value of the one before, and the variables that the last one's value goes to. */
export interface Pipeline {
  readonly variables: readonly string[];
  /** Whether the variables are made here, by `:=`. */
  readonly declares: boolean;
  readonly commands: readonly (readonly Expression[])[];
  readonly at: number;
}

export type Branch = {
  readonly kind: "if" | "range" | "with";
  readonly pipeline: Pipeline;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
  readonly at: number;
};

export type Node =
  | { readonly kind: "text"; readonly text: string; readonly at: number }
  | { readonly kind: "action"; readonly pipeline: Pipeline; readonly at: number }
  | { readonly kind: "template"; readonly name: string; readonly pipeline: Pipeline | undefined; readonly at: number }
  | { readonly kind: "break" | "continue"; readonly at: number }
  | Branch;

export interface GoTemplate {
  readonly nodes: readonly Node[];
  /** The templates that it defines. */
  readonly defined: ReadonlyMap<string, readonly Node[]>;
}

/** Says what cannot be converted, and where: an offset into the template. */
export class Refusal extends Error {
  readonly at: number;

  constructor(at: number, problem: string) {
    super(problem);
    this.at = at;
  }

  /** What the user is told. */
  told(source: string): MullamaError {
    const lines = source.slice(0, this.at).split("\n");
    const where = `line ${lines.length}, column ${(lines.at(-1) ?? "").length + 1}`;
    return new MullamaError("TEMPLATE_UNSUPPORTED", `The Go template, ${where}: ${this.message}.`, {
      hint: "Write the template in Jinja, or leave it out to use the model file's own.",
    });
  }
}
