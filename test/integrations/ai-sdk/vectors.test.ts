/** Embeddings and rankings through the real `ai` package. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { embed, embedMany, rerank } from "ai";
import { load } from "../../../src/index.js";
import {
  createMullama,
  type MullamaEmbeddingModelOptions,
  type MullamaRerankingModelOptions,
} from "../../../src/integrations/ai-sdk/index.js";
import { tinyLlama, tinyReranker } from "../../support/tiny-models.js";

const options = { threads: 1 } as const;

describe("embed and embedMany", () => {
  it("give the model's vectors, and count their tokens", async () => {
    await using model = await load(tinyLlama({ embedding: true }).path, options);
    const embedding = createMullama().embeddingModel(model);
    const values = ["one", "two words", "three"];
    const [own, tokens] = [await model.embed(values), await model.tokenize("two words")];
    const one = await embed({ model: embedding, value: "two words" });
    assert.deepEqual(one.embedding, Array.from((await model.embed(["two words"]))[0] ?? []));
    assert.equal(one.usage.tokens, tokens.length);
    const many = await embedMany({ model: embedding, values });
    assert.deepEqual(
      many.embeddings,
      own.map((vector) => Array.from(vector)),
    );
    const given = { pooling: "last", normalize: false } satisfies MullamaEmbeddingModelOptions;
    const last = await embed({ model: embedding, value: "one", providerOptions: { mullama: given } });
    assert.deepEqual(last.embedding, Array.from((await model.embed(["one"], given))[0] ?? []));
  });

  it("fail with what is wrong", async () => {
    await using model = await load(tinyLlama({ embedding: true }).path, options);
    const embedding = createMullama().embeddingModel(model);
    const none = { pooling: "none" };
    await assert.rejects(embed({ model: embedding, value: "x", providerOptions: { mullama: none } }), {
      code: "ARGUMENT_INVALID",
    });
    await assert.rejects(embed({ model: embedding, value: "word ".repeat(2000) }), { code: "PROMPT_TOO_LONG" });
    await assert.rejects(embed({ model: embedding, value: "x", abortSignal: AbortSignal.abort() }), {
      name: "AbortError",
    });
  });
});

describe("rerank", () => {
  it("sorts texts and objects as the model does", async () => {
    await using model = await load(tinyReranker().path, options);
    const reranking = createMullama().rerankingModel(model);
    const documents = ["one", "two", "three"];
    const own = await model.rerank("which", documents, { normalize: true });
    const given = { normalize: true } satisfies MullamaRerankingModelOptions;
    const { ranking, rerankedDocuments } = await rerank({
      model: reranking,
      query: "which",
      documents,
      topN: 2,
      providerOptions: { mullama: given },
    });
    assert.deepEqual(
      ranking.map(({ originalIndex, score }) => [originalIndex, score]),
      own.slice(0, 2).map(({ index, score }) => [index, score]),
    );
    assert.equal(rerankedDocuments[0], own[0]?.document);
    const objects = await rerank({ model: reranking, query: "which", documents: [{ a: 1 }, { a: 2 }] });
    const texts = await model.rerank("which", ['{"a":1}', '{"a":2}']);
    assert.deepEqual(
      objects.ranking.map(({ score }) => score),
      texts.map(({ score }) => score),
    );
  });

  it("fails with what is wrong", async () => {
    await using model = await load(tinyLlama().path, options);
    const reranking = createMullama().rerankingModel(model);
    await assert.rejects(rerank({ model: reranking, query: "x", documents: ["a"] }), {
      name: "AI_UnsupportedFunctionalityError",
    });
  });
});
