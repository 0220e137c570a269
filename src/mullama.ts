/** From a name to a model at work. */
import type { EngineOptions } from "./engine/engine-options.js";
import { EngineClient, type GenerationObserver, type HostKind } from "./engine/hosts/engine-client.js";
import { LoadedModel } from "./loaded-model.js";
import { type ModelProgress, resolveModel, type ResolveOptions, settingsOf, withDefaults } from "./models/index.js";

export { LoadedModel } from "./loaded-model.js";
export type {
  CountedEmbeddings,
  CountedRanking,
  EmbedOptions,
  GenerateOptions,
  RankedDocument,
} from "./loaded-model-options.js";

/** How far loading has come: fetching the file first, if this machine does not have it. */
export type LoadProgress = ModelProgress | { readonly phase: "load"; readonly progress: number };

/** How a model is loaded. */
export interface LoadOptions extends Omit<EngineOptions, "path">, Pick<ResolveOptions, "offline" | "home" | "network"> {
  /**
   * Where it runs. `worker`: on a thread of its own, so that the event loop stays free. `child`: in a process of its own,
   * which is restarted when it dies. `inline`: on this thread, which waits while it computes. Default `worker`.
   */
  readonly host?: HostKind;
  /** A chat template in the place of the model's own: Jinja, or the name of one of llama.cpp's (`chatFormats()`). */
  readonly chatTemplate?: string;
  /** Stops loading. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Hears of each generation when it is asked for; what it returns hears of its end. */
  readonly observe?: GenerationObserver;
}

/**
 * Loads a model: by a name of the store or the catalogue, a path, or another name that `resolveModel` knows. What the
 * store's record says of its use holds where neither these options nor a request say otherwise.
 *
 * @param name such as `smollm2:135m` or `./model.gguf`
 * @throws {MullamaError} what `resolveModel` and `Model.load` throw; `ABORTED`
 *
 * @example
 * await using model = await load("smollm2:135m");
 * const { text } = await model.generate("Once upon a time", { maxTokens: 64 });
 */
export async function load(name: string, options: LoadOptions = {}): Promise<LoadedModel> {
  const { host = "worker", signal, onProgress, observe, offline, home, network, chatTemplate, ...engine } = options;
  const model = await resolveModel(name, { offline, home, network, signal, onProgress });
  const settings = settingsOf(model);
  const client = await EngineClient.start(
    host,
    { ...withDefaults(engine, settings.engine), path: model.path },
    { signal, observe, onProgress: (progress) => onProgress?.({ phase: "load", progress }) },
  );
  return new LoadedModel(name, client, {
    ...settings,
    chatTemplate: chatTemplate ?? settings.chatTemplate,
  });
}
