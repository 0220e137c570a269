/** Embeddings and rankings through the real `@langchain/core`. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Document } from "@langchain/core/documents";
import { FakeVectorStore } from "@langchain/core/utils/testing";
import { load } from "../../../src/index.js";
import { MullamaEmbeddings, MullamaRerank } from "../../../src/integrations/langchain/index.js";
import { tinyLlama, tinyReranker } from "../../support/tiny-models.js";

const options = { threads: 1 } as const;

describe("MullamaEmbeddings", () => {
  it("gives the model's vectors, also to a vector store", async () => {
    await using model = await load(tinyLlama({ embedding: true }).path, options);
    const embeddings = new MullamaEmbeddings({ model });
    const texts = ["one", "two words", "three"];
    const own = (await model.embed(texts)).map((vector) => Array.from(vector));
    assert.deepEqual(await embeddings.embedDocuments(texts), own);
    assert.deepEqual(await embeddings.embedQuery("three"), Array.from((await model.embed(["three"]))[0] ?? []));
    assert.deepEqual(await embeddings.embedDocuments([]), []);
    const store = new FakeVectorStore(embeddings);
    await store.addDocuments(texts.map((pageContent) => new Document({ pageContent })));
    const [best] = await store.similaritySearch("two words", 1);
    assert.equal(best?.pageContent, "two words");
  });

  it("fails at once with what is wrong", async () => {
    await using embeddings = new MullamaEmbeddings({ model: tinyLlama({ embedding: true }).path, load: options });
    await assert.rejects(embeddings.embedQuery("word ".repeat(2000)), { code: "PROMPT_TOO_LONG" });
  });
});

describe("MullamaRerank", () => {
  it("keeps the best documents, with their scores", async () => {
    await using model = await load(tinyReranker().path, options);
    const texts = ["one", "two", "three"];
    const own = await model.rerank("which", texts);
    const documents = texts.map((pageContent, id) => new Document({ pageContent, metadata: { id } }));
    const best = await new MullamaRerank({ model, topN: 2 }).compressDocuments(documents, "which");
    assert.deepEqual(
      best.map(({ pageContent, metadata }) => [pageContent, metadata["id"], metadata["relevanceScore"]]),
      own.slice(0, 2).map(({ document, index, score }) => [document, index, score]),
    );
  });

  it("fails with what is wrong", async () => {
    await using model = await load(tinyLlama().path, options);
    const documents = [new Document({ pageContent: "x" })];
    await assert.rejects(new MullamaRerank({ model }).compressDocuments(documents, "x"), { code: "UNSUPPORTED" });
  });
});
