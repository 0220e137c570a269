import { NoSuchModelError, type ProviderV4 } from "@ai-sdk/provider";
import { ArgumentError } from "../../errors.js";
import { LoadedModel, type LoadOptions } from "../../mullama.js";
import { MullamaEmbeddingModel } from "./embedding-model.js";
import { MullamaLanguageModel } from "./language-model.js";
import type { AiSdkModel } from "./model.js";
import { ModelSource, type MullamaModelSettings } from "../model-source.js";
import { MullamaRerankingModel } from "./reranking-model.js";

/** How a provider names and loads its models. */
export interface MullamaProviderSettings {
  /** What the AI SDK calls it, in telemetry and errors. Default `mullama`. */
  readonly name?: string;
  /** How models are loaded that are asked for by a name. Default: as `load` does. */
  readonly load?: LoadOptions;
  /** Names of your own: for models that are loaded already, or for how one is loaded. */
  readonly models?: Readonly<Record<string, LoadedModel | MullamaModelSettings>>;
}

/**
 * Models of llama.cpp for the AI SDK. A model is a name or a path that `load` takes, or one that is loaded already; one that
 * is named is loaded on its first use, once, whichever of its methods asks for it.
 */
export interface MullamaProvider extends ProviderV4, AsyncDisposable {
  /** The same as {@link MullamaProvider.languageModel}. */
  (model: string | LoadedModel): MullamaLanguageModel;
  languageModel(model: string | LoadedModel): MullamaLanguageModel;
  embeddingModel(model: string | LoadedModel): MullamaEmbeddingModel;
  rerankingModel(model: string | LoadedModel): MullamaRerankingModel;
  /** Always throws: llama.cpp makes no images. */
  imageModel(modelId: string): never;
  /** Frees the models that it has loaded; those that it was given are yours. */
  dispose(): Promise<void>;
}

/**
 * Makes a provider for the AI SDK (`ai` 7).
 *
 * @throws {ArgumentError} by its methods, for what is neither a name nor a model
 *
 * @example
 * await using mullama = createMullama({ load: { contextSize: 8192 } });
 * const { text } = await generateText({ model: mullama("smollm2:135m"), prompt: "Why is the sky blue?" });
 */
export function createMullama(settings: MullamaProviderSettings = {}): MullamaProvider {
  const { name = "mullama", load = {}, models = {} } = settings;
  const source = new ModelSource(load, models);
  const named = (kind: string, model: string | LoadedModel): AiSdkModel => {
    const provider = `${name}.${kind}`;
    if (model instanceof LoadedModel) return { provider, id: model.name, get: () => Promise.resolve(model) };
    if (typeof model !== "string" || model === "")
      throw new ArgumentError("model", "a model's name or path, or a LoadedModel", model);
    return { provider, id: model, get: (signal) => source.get(model, signal) };
  };
  const languageModel = (model: string | LoadedModel): MullamaLanguageModel =>
    new MullamaLanguageModel(named("chat", model));
  return Object.assign((model: string | LoadedModel) => languageModel(model), {
    specificationVersion: "v4" as const,
    languageModel,
    embeddingModel: (model: string | LoadedModel) => new MullamaEmbeddingModel(named("embedding", model)),
    rerankingModel: (model: string | LoadedModel) => new MullamaRerankingModel(named("reranking", model)),
    imageModel(modelId: string): never {
      throw new NoSuchModelError({ modelId, modelType: "imageModel" });
    },
    dispose: () => source.dispose(),
    [Symbol.asyncDispose]: () => source.dispose(),
  });
}

/** A provider that loads models as `load` does. */
export const mullama: MullamaProvider = createMullama();
