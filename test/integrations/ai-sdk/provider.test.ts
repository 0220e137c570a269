/** Which models a provider has, when it loads them and when it lets go of them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createProviderRegistry, embed, generateText, NoSuchModelError } from "ai";
import { load, type LoadProgress } from "../../../src/index.js";
import { createMullama } from "../../../src/integrations/ai-sdk/index.js";
import { tinyLlama } from "../../support/tiny-models.js";

const { path } = tinyLlama();
const options = { threads: 1, contextSize: 256, chatTemplate: "chatml" } as const;
const short = { prompt: "x", maxOutputTokens: 3 } as const;

describe("a provider for the AI SDK", () => {
  it("loads a model on its first use, once, for all that want it at the same time", async () => {
    let loaded = 0;
    const onProgress = (progress: LoadProgress): void => {
      if (progress.phase === "load" && progress.progress === 1) loaded++;
    };
    await using mullama = createMullama({ load: { ...options, onProgress } });
    const answers = [1, 2, 3].map(() => generateText({ model: mullama(path), ...short }));
    await Promise.all([...answers, embed({ model: mullama.embeddingModel(path), value: "x" })]);
    await generateText({ model: mullama(path), ...short });
    assert.equal(loaded, 1);
  });

  it("has models under names of one's own, also in a registry", async () => {
    await using loaded = await load(path, options);
    const mullama = createMullama({ name: "local", models: { mine: loaded, small: { name: path, ...options } } });
    const registry = createProviderRegistry({ local: mullama });
    for (const id of ["local:mine", "local:small"] as const)
      assert.equal((await generateText({ model: registry.languageModel(id), ...short })).usage.outputTokens, 3);
    assert.equal(registry.languageModel("local:mine").provider, "local.chat");
    assert.throws(
      () => mullama.imageModel("x"),
      (error) => NoSuchModelError.isInstance(error),
    );
    assert.throws(() => mullama(""), { code: "ARGUMENT_INVALID" });
    await mullama.dispose();
    await mullama.dispose();
    assert.equal(loaded.disposed, false);
    await assert.rejects(generateText({ model: mullama("small"), ...short }), { code: "DISPOSED" });
  });

  it("tries again after a failure, and stops waiting when told to", async () => {
    await using mullama = createMullama({ load: { ...options, offline: true } });
    const model = mullama("no/such/model.gguf");
    await assert.rejects(generateText({ model, ...short }), { code: "MODEL_NOT_FOUND" });
    await assert.rejects(generateText({ model, ...short }), { code: "MODEL_NOT_FOUND" });
    const waiting = generateText({ model: mullama(path), ...short, abortSignal: AbortSignal.abort() });
    await assert.rejects(waiting, { name: "AbortError" });
    assert.equal((await generateText({ model: mullama(path), ...short })).finishReason, "length");
  });

  it("stops loading when it is disposed", async () => {
    const mullama = createMullama({ load: options });
    const refused = assert.rejects(generateText({ model: mullama(path), ...short }), (error) =>
      ["ABORTED", "DISPOSED"].includes((error as { code: string }).code),
    );
    await new Promise((resolve) => setImmediate(resolve));
    await mullama.dispose();
    await refused;
  });
});
