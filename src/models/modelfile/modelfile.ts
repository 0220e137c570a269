import { MullamaError } from "../../errors.js";
import type { ParameterName } from "./parameters.js";

/** A value that a parameter has in a Modelfile. */
export type ParameterValue = number | boolean | string;

/** What a Modelfile says, instruction by instruction. */
export interface Modelfile {
  /** The model, and further files of it such as a projector: names of models, or paths. At least one. */
  readonly from: readonly string[];
  /** In the order of the file; `stop` may come more than once. */
  readonly parameters: readonly { readonly name: ParameterName; readonly value: ParameterValue }[];
  /** A Go template, as Ollama has it, or Jinja. */
  readonly template?: string | undefined;
  readonly system?: string | undefined;
  /** Paths of LoRA adapters. */
  readonly adapters: readonly string[];
  readonly messages: readonly { readonly role: ModelfileRole; readonly content: string }[];
  readonly licenses: readonly string[];
  /** A small model that guesses ahead. */
  readonly draft?: string | undefined;
  /** The name of a way to write prompts that is built into Ollama. */
  readonly renderer?: string | undefined;
  /** The name of a way to read answers that is built into Ollama. */
  readonly parser?: string | undefined;
  /** The least version of Ollama. */
  readonly requires?: string | undefined;
}

export const modelfileRoles = ["system", "user", "assistant"] as const;
export type ModelfileRole = (typeof modelfileRoles)[number];

/** @param line counted from 1 */
export function invalid(line: number, instruction: string, problem: string, hint?: string): MullamaError {
  const where = instruction === "" ? `line ${line}` : `line ${line}, ${instruction}`;
  return new MullamaError("MODELFILE_INVALID", `Modelfile, ${where}: ${problem}.`, { hint });
}
