import type { RerankingModelV4, RerankingModelV4CallOptions, RerankingModelV4Result } from "@ai-sdk/provider";
import { toAiSdkError } from "./errors.js";
import type { AiSdkModel } from "./model.js";
import { rerankingModelOptions } from "./provider-options.js";
import { headerWarnings } from "./warnings.js";

/** A model that sorts documents by how well they answer a query. */
export class MullamaRerankingModel implements RerankingModelV4 {
  readonly specificationVersion = "v4";
  readonly provider: string;
  readonly modelId: string;
  readonly #model: AiSdkModel;

  /** @internal Use a provider. */
  constructor(model: AiSdkModel) {
    this.provider = model.provider;
    this.modelId = model.id;
    this.#model = model;
  }

  async doRerank(call: RerankingModelV4CallOptions): Promise<RerankingModelV4Result> {
    const { query, documents, topN, abortSignal: signal } = call;
    try {
      const options = rerankingModelOptions(call.providerOptions);
      const warnings = headerWarnings(call.headers);
      if (documents.type === "object") {
        const details = "Each is given to the model as JSON.";
        warnings.push({ type: "compatibility", feature: "object documents", details });
      }
      const texts = documents.values.map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
      const model = await this.#model.get(signal);
      const ranked = await model.rerank(query, texts, { ...options, signal });
      const ranking = ranked.slice(0, topN).map(({ index, score }) => ({ index, relevanceScore: score }));
      return { ranking, response: { modelId: this.modelId }, warnings };
    } catch (error) {
      throw toAiSdkError(error, this.modelId, signal);
    }
  }
}
