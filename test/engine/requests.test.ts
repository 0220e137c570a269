// What a request can ask for, one engine a topic, on tiny random models.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EngineOptions } from "../../src/engine/engine-options.js";
import { EngineRun } from "../support/engine-run.js";
import { assertSame } from "../support/same-answers.js";
import { tinyControlVector, tinyLlama, tinyLora } from "../support/tiny-models.js";

const model = tinyLlama();
const greedy = { temperature: 0, ignoreEos: true };
const prompt = [5, 6, 7, 8, 9];
const tokensOf = (seed: number, length: number): number[] =>
  Array.from({ length }, (_, index) => 5 + ((seed * 7919 + index * 104_729) % 200));

async function engine(options: Partial<EngineOptions> = {}): Promise<EngineRun> {
  return EngineRun.load({ path: model.path, contextSize: 1024, ...options });
}

describe("the end of an answer", () => {
  it("comes with maxTokens, 0 included", async () => {
    using run = await engine();
    for (const maxTokens of [0, 1, 7]) {
      const { tokens, finish } = run.complete({ prompt, ...greedy, maxTokens });
      assert.equal(tokens.length, maxTokens);
      assert.equal(finish.reason, "length");
    }
  });

  it("comes with a stop token, which is not part of it", async () => {
    using run = await engine();
    const { tokens } = run.complete({ prompt, ...greedy, maxTokens: 10 });
    const stop = tokens[4] ?? -1;
    const at = tokens.indexOf(stop);
    const { tokens: cut, finish } = run.complete({ prompt, ...greedy, maxTokens: 10, stopTokens: [stop] });
    assert.deepEqual(cut, tokens.slice(0, at));
    assert.equal(finish.reason, "stop");
    assert.equal(finish.stopToken, stop);
    const least = run.complete({ prompt, ...greedy, maxTokens: 10, stopTokens: [stop], minTokens: 10 });
    assert.deepEqual(least.tokens, tokens);
  });

  it("comes with a stop text across tokens, of which nothing gets out", async () => {
    using run = await engine();
    const whole = run.complete({ prompt, ...greedy, maxTokens: 30 }).text;
    for (let at = 3; at < whole.length - 4; at += 5) {
      const stop = whole.slice(at, at + 4);
      const { text, finish } = run.complete({ prompt, ...greedy, maxTokens: 30, stop: [stop, "never comes"] });
      assert.equal(text, whole.slice(0, whole.indexOf(stop)));
      assert.equal(finish.stopText, stop);
      assert.equal(finish.reason, "stop");
    }
  });

  it("comes with the model's own end, but for minTokens and ignoreEos", async () => {
    using run = await engine();
    const ends = run.engine.info.endTokens;
    const logitBias = ends.map((token) => [token, 1000] as const);
    const { tokens, finish } = run.complete({ prompt, temperature: 0, maxTokens: 20, logitBias });
    assert.equal(tokens.length, 0);
    assert.equal(finish.reason, "stop");
    assert.ok(ends.includes(finish.stopToken ?? -1));
    const later = run.complete({ prompt, temperature: 0, maxTokens: 20, logitBias, minTokens: 6 });
    assert.equal(later.tokens.length, 6);
    const never = run.complete({ prompt, temperature: 0, maxTokens: 20, logitBias, ignoreEos: true });
    assert.equal(never.tokens.length, 20);
    assert.ok(never.tokens.every((token) => !ends.includes(token)));
  });
});

describe("sampling", () => {
  it("is the same for the same seed, and reports the seed that it chose", async () => {
    using run = await engine();
    const free = run.complete({ prompt, temperature: 2, topK: 0, maxTokens: 12 });
    assert.ok(free.finish.seed !== undefined);
    const again = run.complete({ prompt, temperature: 2, topK: 0, maxTokens: 12, seed: free.finish.seed });
    assert.deepEqual(again.tokens, free.tokens);
    const other = run.complete({
      prompt,
      temperature: 2,
      topK: 0,
      maxTokens: 12,
      seed: ((free.finish.seed ?? 0) ^ 1) >>> 0,
    });
    assert.notDeepEqual(other.tokens, free.tokens);
  });

  it("knows every sampler of the safe layer", async () => {
    using run = await engine();
    const settings = [
      { topK: 1 },
      { topP: 0.1 },
      { minP: 0.9 },
      { typicalP: 0.5 },
      { topNSigma: 1 },
      { dynamicTemperature: { range: 0.3 } },
      { xtc: { probability: 0.5 } },
      { mirostat: { version: 1 } as const },
      { mirostat: { version: 2, tau: 3 } as const },
      { adaptiveP: { target: 0.5 } },
      { repeatPenalty: 1.5 },
      { frequencyPenalty: 0.5, presencePenalty: 0.5 },
      { dry: { multiplier: 0.8 } },
      { infill: true },
      { samplers: ["minP", "temperature"] as const },
    ];
    const ids = settings.map((setting) => run.generate({ prompt, ...setting, seed: 1, ignoreEos: true, maxTokens: 8 }));
    run.run();
    for (const id of ids) assert.equal(run.finish(id).usage.completionTokens, 8);
    assert.deepEqual(run.tokens(ids[0] ?? 0), run.complete({ prompt, ...greedy, maxTokens: 8 }).tokens);
  });

  it("repeats less under a penalty, which counts the prompt too", async () => {
    using run = await engine();
    const [first = -1] = run.complete({ prompt, ...greedy, maxTokens: 1 }).tokens;
    const repeated = run.complete({ prompt: [first, first, ...prompt], ...greedy, maxTokens: 1 }).tokens;
    const [penalized] = run.complete({
      prompt: [repeated[0] ?? 0, ...prompt],
      ...greedy,
      frequencyPenalty: 1e5,
      maxTokens: 1,
    }).tokens;
    assert.notEqual(penalized, repeated[0]);
    const long = run.complete({ prompt, ...greedy, presencePenalty: 1e5, maxTokens: 40 }).tokens;
    assert.equal(new Set(long).size, long.length);
  });

  it("bans and favours tokens", async () => {
    using run = await engine();
    const [first = -1] = run.complete({ prompt, ...greedy, maxTokens: 1 }).tokens;
    assert.notEqual(
      run.complete({ prompt, ...greedy, maxTokens: 1, logitBias: { [first]: -Infinity } }).tokens[0],
      first,
    );
    assert.equal(run.complete({ prompt, ...greedy, maxTokens: 1, logitBias: [[42, 1000]] }).tokens[0], 42);
  });

  it("gives log-probabilities that belong to the model, not to the samplers", async () => {
    using run = await engine();
    const id = run.generate({ prompt, ...greedy, maxTokens: 3, logprobs: 5, logitBias: [[42, 1000]] });
    run.run();
    const logprobs = run.outcome(id).chunks.flatMap(({ logprobs: given = [] }) => given);
    assert.equal(logprobs.length, 3);
    for (const { token, logprob, alternatives } of logprobs) {
      assert.equal(token, 42);
      assert.equal(alternatives.length, 5);
      assert.deepEqual(
        alternatives.map((one) => one.logprob),
        alternatives.map((one) => one.logprob).toSorted((a, b) => b - a),
      );
      assert.ok(logprob <= (alternatives[0]?.logprob ?? 0));
      assert.ok(alternatives.reduce((sum, one) => sum + Math.exp(one.logprob), 0) <= 1 + 1e-6);
    }
    const all = run.generate({ prompt, ...greedy, maxTokens: 1, logprobs: 256 });
    run.run();
    assert.equal(run.outcome(all).chunks[0]?.logprobs?.[0]?.alternatives.length, 256);
  });

  it("lets JavaScript change the logits", async () => {
    using run = await engine();
    const seen: number[] = [];
    const processor = (logits: Float32Array, tokens: Int32Array): void => {
      seen.push(tokens.length);
      logits.fill(-100);
      logits[20 + (tokens.length % 3)] = 100;
    };
    const { tokens } = run.complete({ prompt, ...greedy, maxTokens: 4, logitsProcessors: [processor] });
    assert.deepEqual(seen, [5, 6, 7, 8]);
    assert.deepEqual(tokens, [22, 20, 21, 22]);
    const failing = run.generate({
      prompt,
      ...greedy,
      logitsProcessors: [
        () => {
          throw new TypeError("mine");
        },
      ],
    });
    const other = run.generate({ prompt, ...greedy, maxTokens: 3 });
    run.run();
    assert.equal(run.outcome(failing).error?.message, "mine");
    assert.equal(run.finish(other).usage.completionTokens, 3);
  });
});

describe("a grammar", () => {
  const words = 'root ::= ("the " | "and " | "of "){2,4} "."';
  it("is kept to, whatever the model would rather write", async () => {
    using run = await engine();
    for (let seed = 0; seed < 20; seed++) {
      for (const more of [{}, { repeatPenalty: 1.3 }, { mirostat: { version: 2 } as const }]) {
        const { text, finish } = run.complete({ prompt, grammar: words, temperature: 1.5, seed, ...more });
        assert.match(text, /^(the |and |of ){2,4}\.$/);
        assert.equal(finish.reason, "stop");
      }
    }
  });

  it("can be kept to by many at once, with different ones", async () => {
    using run = await engine();
    const yes = run.generate({ prompt, grammar: 'root ::= "yes"', seed: 1 });
    const no = run.generate({ prompt, grammar: { text: 'answer ::= "no"', root: "answer" }, seed: 1 });
    const free = run.generate({ prompt, ...greedy, maxTokens: 9 });
    run.run();
    assert.equal(run.text(yes), "yes");
    assert.equal(run.text(no), "no");
    assert.equal(run.finish(free).usage.completionTokens, 9);
  });

  it("that is wrong fails its request, and no other", async () => {
    using run = await engine();
    const wrong = run.generate({ prompt, grammar: "root ::= (" });
    const right = run.generate({ prompt, ...greedy, maxTokens: 2 });
    run.run();
    assert.equal((run.outcome(wrong).error as { code?: string }).code, "GRAMMAR_INVALID");
    assert.equal(run.finish(right).usage.completionTokens, 2);
  });
});

describe("adapters and control vectors", () => {
  it("change the answers of those who ask for them only, in one crowd", async () => {
    using run = await engine();
    const adapters = [{ path: tinyLora(model), scale: 2 }];
    const others = [{ path: tinyLora(model, { seed: 7 }) }];
    const controlVectors = [{ path: tinyControlVector(model, { strength: 2 }).path }];
    const ways = [{}, { adapters }, { adapters: others }, { controlVectors }, { adapters, controlVectors }];
    const request = { prompt, ...greedy, maxTokens: 16, logprobs: 2 };
    const alone = ways.map((way) => {
      const id = run.generate({ ...request, ...way, reuse: false });
      run.run();
      return id;
    });
    assert.equal(new Set(alone.map((id) => String(run.tokens(id)))).size, ways.length);
    const ids = [...ways, ...ways].map((way) => run.generate({ ...request, ...way }));
    run.run();
    ids.forEach((id, index) => {
      assertSame(run.outcome(id), run.outcome(alone[index % ways.length] ?? 0), `way ${index}`);
    });
  });

  it("are not mixed up in the cache", async () => {
    using run = await engine();
    const adapters = [{ path: tinyLora(model), scale: 2 }];
    const long = tokensOf(3, 60);
    const plain = run.complete({ prompt: long, ...greedy, maxTokens: 4 });
    const steered = run.complete({ prompt: long, adapters, ...greedy, maxTokens: 4 });
    assert.equal(steered.finish.usage.cachedTokens, 0);
    const again = run.complete({ prompt: long, adapters, ...greedy, maxTokens: 4 });
    assert.equal(again.finish.usage.cachedTokens, 59);
    assert.deepEqual(again.tokens, steered.tokens);
    assert.deepEqual(run.complete({ prompt: long, ...greedy, maxTokens: 4 }).tokens, plain.tokens);
  });

  it("begin to work where an activated LoRA is invoked, and leave what is before to be shared", async () => {
    using run = await engine();
    const adapters = [{ path: tinyLora(model, { invocationTokens: [77, 78] }), scale: 2 }];
    const plain = [{ path: tinyLora(model), scale: 2 }];
    const before = tokensOf(5, 40);
    const asked = [...before, 77, 78, 9];
    run.complete({ prompt: before, ...greedy, maxTokens: 1 });
    const activated = run.complete({ prompt: asked, adapters, ...greedy, maxTokens: 12 });
    assert.equal(activated.finish.usage.cachedTokens, 40);
    const whole = run.complete({ prompt: asked, adapters: plain, ...greedy, maxTokens: 12 });
    const none = run.complete({ prompt: asked, ...greedy, maxTokens: 12 });
    assert.notDeepEqual(activated.tokens, whole.tokens);
    assert.notDeepEqual(activated.tokens, none.tokens);
    const cold = run.complete({ prompt: asked, adapters, ...greedy, maxTokens: 12, reuse: false });
    assert.deepEqual(cold.tokens, activated.tokens);
    const missing = run.generate({ prompt: before, adapters });
    run.run();
    assert.match(run.outcome(missing).error?.message ?? "", /invoke/);
  });

  it("that cannot be loaded fail their request only", async () => {
    using run = await engine();
    const id = run.generate({ prompt, adapters: [{ path: "/nowhere.gguf" }] });
    const other = run.generate({ prompt, ...greedy, maxTokens: 1 });
    run.run();
    assert.ok((run.outcome(id).error as { code?: string }).code !== undefined);
    assert.equal(run.finish(other).reason, "length");
  });
});

describe("a full context", () => {
  const small = { contextSize: 256, parallel: 1, cachedSequences: 0 };
  const long = tokensOf(1, 200);

  it("ends the answer", async () => {
    using run = await engine(small);
    const { tokens, finish } = run.complete({ prompt: long, ...greedy });
    assert.equal(finish.reason, "length");
    assert.equal(tokens.length, 57);
  });

  it("fails the request, if it wants that", async () => {
    using run = await engine(small);
    const id = run.generate({ prompt: long, ...greedy, overflow: "error" });
    run.run();
    assert.equal((run.outcome(id).error as { code?: string }).code, "CONTEXT_FULL");
  });

  it("is shifted, and keeps the first tokens", async () => {
    using run = await engine(small);
    const { tokens, finish } = run.complete({
      prompt: long,
      ...greedy,
      overflow: "shift",
      keepTokens: 10,
      maxTokens: 700,
    });
    assert.equal(tokens.length, 700);
    assert.equal(finish.reason, "length");
    const after = run.complete({ prompt: long, ...greedy, maxTokens: 5 });
    assert.deepEqual(after.tokens, tokens.slice(0, 5));
  });

  it("refuses a prompt that does not fit, and says by how much", async () => {
    using run = await engine(small);
    const id = run.generate({ prompt: tokensOf(1, 300) });
    const { error } = run.outcome(id);
    assert.equal((error as { code?: string }).code, "PROMPT_TOO_LONG");
    assert.match(error?.message ?? "", /300 tokens, 44 more than .*256/);
  });

  it("of many requests lets the later ones wait, and loses none", async () => {
    using run = await engine({ contextSize: 512, parallel: 6, cachedSequences: 2 });
    const requests = Array.from({ length: 6 }, (_, index) => ({
      prompt: tokensOf(index, 100),
      ...greedy,
      maxTokens: 80,
      logprobs: 2,
    }));
    const alone = requests.map((request) => {
      const id = run.generate({ ...request, reuse: false });
      run.run();
      return id;
    });
    const ids = requests.map((request) => run.generate(request));
    run.run();
    ids.forEach((id, index) => {
      assert.equal(run.finish(id).usage.completionTokens, 80);
      assertSame(run.outcome(id), run.outcome(alone[index] ?? 0), `request ${index}`);
    });
  });
});

describe("the queue", () => {
  it("has an end", async () => {
    using run = await engine({ parallel: 1, maxQueue: 2 });
    const ids = Array.from({ length: 4 }, () => run.generate({ prompt, ...greedy, maxTokens: 4 }));
    const codes = ids.map((id) => (run.outcome(id).error as { code?: string } | undefined)?.code);
    assert.deepEqual(codes, [undefined, undefined, "QUEUE_FULL", "QUEUE_FULL"]);
    run.run();
    assert.equal(run.finish(ids[1] ?? 0).usage.completionTokens, 4);
  });

  it("lets greater priority first", async () => {
    using run = await engine({ parallel: 1 });
    const order: number[] = [];
    const ids = [0, 5, 1, 5].map((priority) => run.generate({ prompt, ...greedy, maxTokens: 2, priority }));
    while (run.engine.step()) for (const id of ids) if (run.outcome(id).ends > 0 && !order.includes(id)) order.push(id);
    assert.deepEqual(order.slice(0, 3), [ids[1], ids[3], ids[2]]);
  });

  it("forgets those whose deadline has passed", async () => {
    using run = await engine({ parallel: 1 });
    const endless = run.generate({ prompt, ...greedy, overflow: "shift", deadline: 80 });
    const waiting = run.generate({ prompt, ...greedy, deadline: 20 });
    while (run.engine.step()) await new Promise((resolve) => setImmediate(resolve));
    for (const id of [endless, waiting]) {
      assert.equal((run.outcome(id).error as { code?: string }).code, "DEADLINE_EXCEEDED");
      assert.equal(run.outcome(id).ends, 1);
    }
    assert.ok(run.tokens(endless).length > 0);
    assert.equal(run.engine.metrics.requests.waiting, 0);
  });

  it("does not let a long prompt hold up what generates", async () => {
    using run = await engine({ contextSize: 4096, parallel: 2, promptChunk: 16 });
    const first = run.generate({ prompt, ...greedy, maxTokens: 200 });
    run.engine.step();
    const long = run.generate({ prompt: tokensOf(2, 1600), ...greedy, maxTokens: 1 });
    for (let step = 0; step < 50; step++) run.engine.step();
    assert.ok(run.tokens(first).length >= 50);
    assert.equal(run.tokens(long).length, 0);
    run.run();
    assert.equal(run.tokens(long).length, 1);
  });

  it("lets the first of many prompts answer, instead of all of them late", async () => {
    using run = await engine({ contextSize: 4096, parallel: 16 });
    const ids = Array.from({ length: 16 }, (_, index) =>
      run.generate({ prompt: tokensOf(index, 60), ...greedy, maxTokens: 2 }),
    );
    run.engine.step();
    const begun = ids.filter((id) => run.tokens(id).length > 0);
    assert.deepEqual(begun, ids.slice(0, 8));
    run.run();
    for (const id of ids) assert.equal(run.tokens(id).length, 2);
  });

  it("shares a step among a few long prompts, so that the first does not hold up the others", async () => {
    using run = await engine({ contextSize: 4096, parallel: 4 });
    const long = run.generate({ prompt: tokensOf(1, 2000), ...greedy, maxTokens: 1 });
    const short = run.generate({ prompt: tokensOf(2, 200), ...greedy, maxTokens: 1 });
    run.engine.step();
    assert.equal(run.tokens(short).length, 1);
    assert.equal(run.tokens(long).length, 0);
    run.run();
    assert.equal(run.tokens(long).length, 1);
  });
});

describe("prefixes", () => {
  it("are computed once for many who come at the same time", async () => {
    using run = await engine({ contextSize: 8192, parallel: 16 });
    const system = tokensOf(11, 500);
    const ids = Array.from({ length: 100 }, (_, index) =>
      run.generate({ prompt: [...system, 5 + index, 6], ...greedy, maxTokens: 2 }),
    );
    run.run();
    const cached = ids.map((id) => run.finish(id).usage.cachedTokens);
    assert.equal(cached[0], 0);
    for (const count of cached.slice(1)) assert.ok(count >= 500, `cached ${count}`);
    assert.ok(run.engine.metrics.tokens.prompt < 500 + 100 * 3);
  });

  it("stay only of requests that take of the cache themselves", async () => {
    using run = await engine();
    run.complete({ prompt: tokensOf(1, 100), ...greedy, maxTokens: 4, reuse: false });
    assert.deepEqual(run.engine.metrics.cache.tokens, 0);
    run.complete({ prompt: tokensOf(1, 100), ...greedy, maxTokens: 4 });
    assert.ok(run.engine.metrics.cache.tokens >= 103);
    const { finish } = run.complete({ prompt: tokensOf(1, 100), ...greedy, maxTokens: 4, reuse: false });
    assert.equal(finish.usage.cachedTokens, 0);
    // What others left is not touched.
    assert.ok(run.engine.metrics.cache.tokens >= 103);
  });

  it("are kept by a request that waits for its reader, whether or not it takes of the cache", async () => {
    using run = await engine({ contextSize: 2048 });
    const expected = run.complete({ prompt: tokensOf(3, 300), ...greedy, maxTokens: 20, reuse: false });
    const computed = run.engine.metrics.tokens.prompt;
    const id = run.generate({ prompt: tokensOf(3, 300), ...greedy, maxTokens: 20, reuse: false });
    for (let step = 0; step < 5; step++) run.engine.step();
    run.engine.command({ type: "pause", id });
    for (let step = 0; step < 3; step++) run.engine.step();
    run.engine.command({ type: "resume", id });
    run.run();
    assert.deepEqual(run.tokens(id), expected.tokens);
    assert.equal(run.engine.metrics.tokens.prompt - computed, 300);
  });

  it("go to host memory and come back", async () => {
    using run = await engine({ contextSize: 512, parallel: 1, cachedSequences: 1, hostCacheBytes: 1 << 24 });
    const prompts = [1, 2, 3].map((seed) => tokensOf(seed, 200));
    const first = prompts.map((tokens) => run.complete({ prompt: tokens, ...greedy, maxTokens: 6 }));
    assert.ok(run.engine.metrics.cache.hostBytes > 0);
    const again = prompts.map((tokens) => run.complete({ prompt: tokens, ...greedy, maxTokens: 6 }));
    assert.deepEqual(
      again.map(({ tokens }) => tokens),
      first.map(({ tokens }) => tokens),
    );
    for (const { finish } of again) assert.ok(finish.usage.cachedTokens >= 199, `cached ${finish.usage.cachedTokens}`);
  });
});
