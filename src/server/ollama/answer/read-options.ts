import type { ModelDefaults } from "../../../models/index.js";
import { paramsToDefaults } from "../../../models/modelfile/index.js";
import type { ServedLoadOptions } from "../../directory/served-model.js";
import { HttpError } from "../../http/http-error.js";

/** What Ollama's `options` mean here. */
export interface ReadOptions {
  /** How the model is loaded. */
  readonly load: ServedLoadOptions;
  /** How it answers. */
  readonly request: Omit<ModelDefaults, "contextSize" | "gpuLayers" | "threads" | "batchSize">;
}

/** What is so here without being asked for. */
const given: Readonly<Record<string, boolean | number>> = {
  use_mmap: true,
  use_mlock: false,
  main_gpu: 0,
  numa: false,
  low_vram: false,
  vocab_only: false,
  penalize_newline: true,
};

/**
 * Reads a request's `options`. What is not known, or has no effect here, is refused with the reason: nothing is ignored that
 * someone counts on.
 *
 * @throws {MullamaError} `ARGUMENT_INVALID` naming the option
 */
export function readOptions(options: Readonly<Record<string, unknown>>): ReadOptions {
  const asked = Object.fromEntries(Object.entries(options).filter(([name, value]) => given[name] !== value));
  const { defaults, maxDraft, notes } = paramsToDefaults(asked);
  // That it counts tokens of the whole context holds for as many as anyone has.
  const problems = notes.filter((note) => !note.startsWith("repeat_last_n"));
  if (maxDraft !== undefined) problems.push("draft_num_predict is said where the model is described");
  if (problems.length > 0)
    throw new HttpError("ARGUMENT_INVALID", `options: ${problems.join("; ")}.`, { param: "options" });
  const { contextSize, gpuLayers, threads, batchSize, ...request } = defaults;
  return {
    // Always in this order: models are loaded again where these differ.
    load: {
      ...(contextSize === undefined ? {} : { contextSize }),
      ...(gpuLayers === undefined ? {} : { gpuLayers }),
      ...(threads === undefined ? {} : { threads }),
      ...(batchSize === undefined ? {} : { batchSize }),
    },
    request,
  };
}
