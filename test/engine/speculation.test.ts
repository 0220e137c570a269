import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EngineOptions, SpeculationOptions } from "../../src/engine/engine-options.js";
import { NgramDrafter } from "../../src/engine/speculation/ngram-drafter.js";
import { TokenBuffer } from "../../src/engine/token-buffer.js";
import { EngineRun } from "../support/engine-run.js";
import { assertSame } from "../support/same-answers.js";
import { tinyBert, tinyLlama, tinyMamba } from "../support/tiny-models.js";

const model = tinyLlama();
const request = { temperature: 0, ignoreEos: true, logprobs: 2, maxTokens: 120 };
const prompts = Array.from({ length: 5 }, (_, index) =>
  Array.from({ length: 20 + index }, (__, at) => 5 + ((index * 31 + at * at) % 200)),
);

async function engine(speculation?: SpeculationOptions, options: Partial<EngineOptions> = {}): Promise<EngineRun> {
  const given = speculation === undefined ? {} : { speculation };
  return EngineRun.load({ path: model.path, contextSize: 2048, ...options, ...given });
}

const ways: Record<string, SpeculationOptions> = {
  "prompt lookup": { type: "ngram", size: 1, maxDraft: 6 },
  "a draft model that is the model itself": { type: "draft-model", path: model.path, minProbability: 0, maxDraft: 5 },
  "a draft model that knows nothing": {
    type: "draft-model",
    path: tinyLlama({ seed: 9 }).path,
    minProbability: 0,
    maxDraft: 5,
  },
};

for (const [name, speculation] of Object.entries(ways)) {
  describe(`speculation by ${name}`, () => {
    it("changes no answer, alone or in a crowd", async () => {
      using plain = await engine();
      using run = await engine(speculation);
      const expected = prompts.map((prompt) => plain.generate({ prompt, ...request }));
      plain.run();
      for (const [index, prompt] of prompts.entries()) {
        const id = run.generate({ prompt, ...request });
        run.run();
        assertSame(run.outcome(id), plain.outcome(expected[index] ?? 0), `alone, ${index}`);
        const { draftTokens, acceptedDraftTokens } = run.finish(id).usage;
        assert.ok(draftTokens > 0 && acceptedDraftTokens <= draftTokens);
      }
      const ids = prompts.map((prompt) => run.generate({ prompt, ...request }));
      run.run();
      ids.forEach((id, index) => {
        assertSame(run.outcome(id), plain.outcome(expected[index] ?? 0), `in a crowd, ${index}`);
        assert.equal(run.finish(id).usage.completionTokens, 120);
      });
    });

    it("keeps to stop texts, lengths and grammars", async () => {
      using plain = await engine();
      using run = await engine(speculation);
      const [prompt = []] = prompts;
      for (const maxTokens of [1, 2, 3, 7]) {
        const { tokens } = run.complete({ prompt, temperature: 0, ignoreEos: true, maxTokens });
        assert.deepEqual(tokens, plain.complete({ prompt, temperature: 0, ignoreEos: true, maxTokens }).tokens);
      }
      const grammar = 'root ::= ("the " | "and "){6} "."';
      const { text } = run.complete({ prompt, temperature: 0, grammar });
      assert.equal(text, plain.complete({ prompt, temperature: 0, grammar }).text);
      assert.match(text, /^(the |and ){6}\.$/);
    });

    it("survives a full context and shifts", async () => {
      using run = await engine(speculation, { contextSize: 256, parallel: 2, cachedSequences: 0 });
      const ids = [0, 1].map((index) =>
        run.generate({
          prompt: prompts[index] ?? [],
          temperature: 0,
          ignoreEos: true,
          maxTokens: 500,
          overflow: "shift",
        }),
      );
      run.run();
      for (const id of ids) assert.equal(run.finish(id).usage.completionTokens, 500);
    });
  });
}

it("a draft model that is the model itself is nearly always right", async () => {
  using run = await engine(ways["a draft model that is the model itself"]);
  const { usage } = run.complete({ prompt: prompts[0] ?? [], temperature: 0, ignoreEos: true, maxTokens: 100 }).finish;
  assert.ok(usage.acceptedDraftTokens > usage.draftTokens * 0.9, JSON.stringify(usage));
  assert.ok(run.engine.metrics.steps.count < 40);
});

it("a request can do without", async () => {
  using run = await engine({ type: "ngram", size: 1 });
  const { usage } = run.complete({ ...request, prompt: prompts[0] ?? [], speculate: false }).finish;
  assert.equal(usage.draftTokens, 0);
});

it("models that cannot take back tokens are not speculated with", async () => {
  using run = await engine({ type: "ngram", size: 1 }, { path: tinyMamba().path });
  const { usage } = run.complete({ ...request, prompt: prompts[0] ?? [], maxTokens: 20 }).finish;
  assert.equal(usage.draftTokens, 0);
});

it("a draft model of another vocabulary is refused", async () => {
  await assert.rejects(engine({ type: "draft-model", path: tinyBert().path }), {
    code: "ARGUMENT_INVALID",
    message: /vocabulary/,
  });
  await assert.rejects(engine({ type: "draft-model", path: "/nowhere.gguf" }), { code: "MODEL_NOT_FOUND" });
  await assert.rejects(engine({ type: "draft-model", path: tinyMamba().path }));
});

describe("n-grams", () => {
  const draft = (drafter: NgramDrafter, tokens: number[], max = 3): number[] => {
    const [found = new Int32Array(0)] = drafter.draft([
      { id: 1, tokens: new TokenBuffer(Int32Array.from(tokens)), max },
    ]);
    return [...found];
  };

  it("guess what followed the last time", () => {
    const drafter = new NgramDrafter({ type: "ngram", size: 2 });
    assert.deepEqual(draft(drafter, [1, 2, 3, 4, 9, 1, 2, 7, 8, 6, 1, 2]), [7, 8, 6]);
    assert.deepEqual(draft(drafter, [1, 2, 3, 4, 5]), []);
    assert.deepEqual(draft(drafter, [1]), []);
  });

  it("learn from other requests, and forget the oldest", () => {
    const drafter = new NgramDrafter({ type: "ngram", size: 3 });
    drafter.learn(Int32Array.of(10, 11, 12, 13, 14, 15));
    assert.deepEqual(draft(drafter, [1, 10, 11, 12]), [13, 14, 15]);
    for (let round = 0; round < 5; round++) {
      drafter.learn(Int32Array.from({ length: 30_000 }, (_, index) => 1000 + round * 30_000 + index));
    }
    drafter.forget(1);
    assert.deepEqual(draft(drafter, [1, 10, 11, 12]), []);
  });
});
