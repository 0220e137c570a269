/** Keeps work that may take long off the event loop, and that of one from holding up that of others. */
import { MullamaError } from "../../errors.js";
import { inTime, LONGEST_MS } from "../patience.js";
import { Lane, type Outcome } from "./lane.js";
import { doWork, type Made, type Work } from "./work.js";

/** Nearly all that honest people ask for takes a tenth of it. What takes longer begins anew where others like it wait. */
const quick = new Lane({ longest: 50, most: 256 });
const slow = new Lane({ longest: LONGEST_MS, most: 32 });

/**
 * Does work on a thread of its own.
 *
 * @throws {MullamaError} what the work throws; `SCHEMA_UNSUPPORTED` or `TEMPLATE_FAILED` where it takes too long or too
 * much memory; `BUSY` where too many others wait; `ABORTED`
 */
export async function aside<Some extends Work>(work: Some, signal?: AbortSignal): Promise<Made[Some["type"]]> {
  try {
    let outcome: Outcome = await quick.do(work, signal);
    if ("late" in outcome && outcome.late) outcome = await slow.do(work, signal);
    if ("made" in outcome) return outcome.made as Made[Some["type"]];
    throw "error" in outcome ? outcome.error : tooMuch(work);
  } catch (error) {
    // Only a program that runs here can have given what cannot be sent, such as a function.
    if (error instanceof DOMException && error.name === "DataCloneError") return inTime(() => doWork(work));
    throw error;
  }
}

function tooMuch({ type }: Work): MullamaError {
  return type === "grammar"
    ? new MullamaError("SCHEMA_UNSUPPORTED", "The schema, expression or list of tools is too complex for a grammar.")
    : new MullamaError("TEMPLATE_FAILED", "The chat template does too much with this conversation, or has no end.");
}
