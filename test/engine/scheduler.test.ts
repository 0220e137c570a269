import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { EngineOptions } from "../../src/engine/engine-options.js";
import { EngineRun } from "../support/engine-run.js";
import { tinyGemma, tinyHybrid, tinyLlama, tinyMamba } from "../support/tiny-models.js";

const greedy = { temperature: 0, ignoreEos: true, maxTokens: 24 };
const prompt = (seed: number, length: number): number[] =>
  Array.from({ length }, (_, index) => 5 + ((seed * 7919 + index * 104_729) % 200));

const models: Record<string, EngineOptions> = {
  llama: { path: tinyLlama().path },
  "llama, split cache": { path: tinyLlama().path, unified: false, contextSize: 2048 },
  "gemma (sliding window)": { path: tinyGemma().path },
  "gemma, pruned window": { path: tinyGemma().path, context: { swaFull: false } },
  "mamba (recurrent)": { path: tinyMamba().path },
  hybrid: { path: tinyHybrid().path },
};

for (const [name, options] of Object.entries(models)) {
  describe(name, () => {
    let run: EngineRun;
    before(async () => (run = await EngineRun.load(options)));
    after(() => run[Symbol.dispose]());

    it("gives the same tokens alone, in a crowd, and from the cache", () => {
      const prompts = Array.from({ length: 16 }, (_, index) => prompt(index, 3 + index * 3));
      const alone = prompts.map((tokens) => run.complete({ prompt: tokens, ...greedy, reuse: false }).tokens);
      const ids = prompts.map((tokens) => run.generate({ prompt: tokens, ...greedy }));
      run.run();
      assert.deepEqual(
        ids.map((id) => run.tokens(id)),
        alone,
      );
      const again = prompts.map((tokens) => run.complete({ prompt: tokens, ...greedy }).tokens);
      assert.deepEqual(again, alone);
    });

    it("goes on from an answer without computing it again", () => {
      const first = run.complete({ prompt: prompt(99, 40), ...greedy });
      const turn = [...prompt(99, 40), ...first.tokens, ...prompt(98, 5)];
      const cold = run.complete({ prompt: turn, ...greedy, reuse: false });
      run.submit({ type: "clear-cache" });
      run.complete({ prompt: prompt(99, 40), ...greedy });
      const warm = run.complete({ prompt: turn, ...greedy });
      assert.deepEqual(warm.tokens, cold.tokens);
      assert.ok(warm.finish.usage.cachedTokens >= 40 + 23, `cached ${warm.finish.usage.cachedTokens}`);
    });
  });
}
