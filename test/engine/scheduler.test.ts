import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { EngineOptions } from "../../src/engine/engine-options.js";
import { EngineRun } from "../support/engine-run.js";
import { assertSame } from "../support/same-answers.js";
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
      const request = { ...greedy, logprobs: 2 };
      const one = (tokens: number[], reuse: boolean): number => {
        const id = run.generate({ prompt: tokens, ...request, reuse });
        run.run();
        return id;
      };
      const alone = prompts.map((tokens) => run.outcome(one(tokens, false)));
      const crowd = prompts.map((tokens) => run.generate({ prompt: tokens, ...request }));
      run.run();
      alone.forEach((answer, index) => assertSame(run.outcome(crowd[index] ?? 0), answer, `in a crowd, ${index}`));
      alone.forEach((answer, index) => {
        assertSame(run.outcome(one(prompts[index] ?? [], true)), answer, `from the cache, ${index}`);
      });
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
