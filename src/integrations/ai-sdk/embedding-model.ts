import type { EmbeddingModelV4, EmbeddingModelV4CallOptions, EmbeddingModelV4Result } from "@ai-sdk/provider";
import { toAiSdkError } from "./errors.js";
import type { AiSdkModel } from "./model.js";
import { embeddingModelOptions } from "./provider-options.js";
import { headerWarnings } from "./warnings.js";

/** A model that turns texts into vectors. */
export class MullamaEmbeddingModel implements EmbeddingModelV4 {
  readonly specificationVersion = "v4";
  readonly provider: string;
  readonly modelId: string;
  /** The engine parts them itself. */
  readonly maxEmbeddingsPerCall = Number.POSITIVE_INFINITY;
  readonly supportsParallelCalls = true;
  readonly #model: AiSdkModel;

  /** @internal Use a provider. */
  constructor(model: AiSdkModel) {
    this.provider = model.provider;
    this.modelId = model.id;
    this.#model = model;
  }

  async doEmbed(call: EmbeddingModelV4CallOptions): Promise<EmbeddingModelV4Result> {
    const { values, dimensions, abortSignal: signal } = call;
    try {
      const options = embeddingModelOptions(call.providerOptions);
      const model = await this.#model.get(signal);
      const vectors = await model.embed(values, {
        ...options,
        ...(dimensions === undefined ? {} : { dimensions }),
        signal,
      });
      const { addSpecial = true, parseSpecial = false } = options;
      const counts = await Promise.all(values.map((text) => model.tokenize(text, { addSpecial, parseSpecial })));
      return {
        embeddings: vectors.map((vector) => Array.from(vector)),
        // What was cut off was not computed.
        ...(options.truncate === true
          ? {}
          : { usage: { tokens: counts.reduce((sum, { length }) => sum + length, 0) } }),
        warnings: headerWarnings(call.headers),
      };
    } catch (error) {
      throw toAiSdkError(error, this.modelId, signal);
    }
  }
}
