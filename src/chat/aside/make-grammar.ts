import type { GrammarOptions } from "../../engine/sampling/sampling-options.js";
import type { OutputFormat } from "../respond-options.js";
import { aside } from "./aside.js";
import { doWork, type GrammarWork } from "./work.js";

/**
 * Makes the grammar that an answer is held to: aside, unless there is nothing to make.
 *
 * @throws {MullamaError} `SCHEMA_UNSUPPORTED`, `ARGUMENT_INVALID`; `BUSY`; `ABORTED`
 */
export async function makeGrammar(work: GrammarWork, signal?: AbortSignal): Promise<GrammarOptions | undefined> {
  const { begin, output, tools, toolChoice } = work;
  const nothing = output === undefined ? tools.length === 0 || toolChoice === "none" : "grammar" in output;
  if (nothing) return doWork(work);
  // What was wrong with the template is no matter of the grammar, and may not go to another thread.
  const plain = begin === undefined ? undefined : { ...begin, traits: { ...begin.traits, problem: undefined } };
  return aside({ ...work, begin: plain }, signal);
}

/** The grammar of a text that is a value of a schema, or otherwise of a form. */
export function makeOutputGrammar(output: OutputFormat, signal?: AbortSignal): Promise<GrammarOptions | undefined> {
  return makeGrammar({ type: "grammar", output, tools: [], toolChoice: "none", parallel: false }, signal);
}
