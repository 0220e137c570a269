import { MullamaError } from "../../../errors.js";
import { findInCatalogue } from "../../../models/catalogue.js";

/** Sources with hosts of their own: none lets a client choose where the server connects to. */
const sources: readonly RegExp[] = [
  /^(?:hf|pip|npm):[\w@]/i,
  /^(?:ollama|docker):(?:[\w-]+\/)?[\w.-]+(?::[\w.-]+)?$/i,
  /^(?:hf\.co|huggingface\.co)\/[\w.-]+\/[\w.-]+(?::[\w.-]+)?$/i,
];

/**
 * Refuses what a client may not have fetched: neither files of the server's machine, nor what other machines in its network
 * would give it.
 *
 * @throws {MullamaError} `MODEL_NOT_FOUND`
 */
export function requireRemoteName(name: string): void {
  if (sources.some((source) => source.test(name)) || findInCatalogue(name) !== undefined) return;
  throw new MullamaError("MODEL_NOT_FOUND", `${JSON.stringify(name)} is the name of no model that can be fetched.`, {
    hint: "Name one of the catalogue, or hf:org/repo:file.gguf.",
  });
}
