/** The real model, pulled by the product's own code and kept in the repository's cache. */
import { fileURLToPath } from "node:url";
import { type ResolvedModel, resolveModel } from "../../src/models/index.js";

const cache = fileURLToPath(new URL("../../../.cache/models", import.meta.url));

/** The path of SmolLM2 135M Instruct, or why it cannot be had. */
export async function smollm2(): Promise<{ readonly path: string } | { readonly missing: string }> {
  // Nothing is read from or put into a cache of the user's.
  process.env["MULLAMA_HF_CACHE"] ??= "0";
  try {
    const { path }: ResolvedModel = await resolveModel("smollm2:135m", { home: process.env["MULLAMA_HOME"] || cache });
    return { path };
  } catch (error) {
    return { missing: `smollm2:135m cannot be had: ${String(error).split("\n")[0]}` };
  }
}
