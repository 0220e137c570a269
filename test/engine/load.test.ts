import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { load, type LoadedModel, maxSim } from "../../src/index.js";
import { tinyBert, tinyLlama, tinyReranker } from "../support/tiny-models.js";

const greedy = { temperature: 0, ignoreEos: true };

describe("a loaded model", () => {
  let model: LoadedModel;
  before(async () => (model = await load(tinyLlama().path, { parallel: 8, contextSize: 4096 })));
  after(() => model.dispose());

  it("tells how far loading has come", async () => {
    const phases: string[] = [];
    await using another = await load(tinyLlama().path, { onProgress: ({ phase }) => phases.push(phase) });
    assert.equal(another.info.parallel, 4);
    assert.ok(phases.includes("load"));
  });

  it("refuses options that do not exist", async () => {
    await assert.rejects(load(tinyLlama().path, { contextsize: 5 } as never), {
      code: "ARGUMENT_INVALID",
      hint: /contextSize/,
    });
    await assert.rejects(model.generate("x", { maxToken: 5 } as never), {
      code: "ARGUMENT_INVALID",
      hint: /maxTokens/,
    });
  });

  it("generates, and streams the same", async () => {
    const { text, tokens, usage, timings, reason } = await model.generate("hello", { ...greedy, maxTokens: 12 });
    assert.equal(tokens.length, 12);
    assert.equal(reason, "length");
    assert.equal(usage.completionTokens, 12);
    assert.ok(timings.firstToken !== undefined && timings.firstToken > 0);
    let streamed = "";
    for await (const chunk of model.stream("hello", { ...greedy, maxTokens: 12 })) streamed += chunk.text;
    assert.equal(streamed, text);
  });

  it("echoes the prompt", async () => {
    const { text } = await model.generate("hello", { ...greedy, maxTokens: 3, echo: true });
    assert.ok(text.startsWith("hello"), text);
  });

  it("turns text into tokens and back", async () => {
    const tokens = await model.tokenize("hello", { addSpecial: false });
    assert.equal(await model.detokenize(tokens), "hello");
  });

  it("grows sequences, and forks them at the cost of a copy", async () => {
    const sequence = await model.sequence("hello hello hello hello hello hello hello hello");
    const start = sequence.tokens.length;
    await sequence.generate({ ...greedy, maxTokens: 40 });
    assert.equal(sequence.tokens.length, start + 40);
    const forks = [sequence.fork(), sequence.fork(), sequence.fork()];
    const results = await Promise.all(
      forks.map((fork, seed) => fork.generate({ seed, ignoreEos: true, maxTokens: 8 })),
    );
    for (const { usage } of results) assert.ok(usage.cachedTokens >= start + 38, `cached ${usage.cachedTokens}`);
    assert.notDeepEqual(forks[0]?.tokens, forks[1]?.tokens);
    assert.deepEqual(forks[0]?.tokens.subarray(0, start + 40), sequence.tokens);
    await sequence.append("more");
    assert.ok((await sequence.text()).endsWith("more"));
  });

  it("does not let a sequence grow at two places", async () => {
    const sequence = await model.sequence("hello");
    const first = sequence.generate({ ...greedy, maxTokens: 4 });
    await assert.rejects(sequence.append("x"), { code: "ARGUMENT_INVALID" });
    await first;
    await sequence.append("x");
  });

  it("saves states, and loads them into another model of the same file", async () => {
    const prompt = "hello ".repeat(60);
    const state = await model.saveState(prompt);
    await using other = await load(tinyLlama().path, { parallel: 2, contextSize: 4096 });
    const sequence = await other.loadState(state);
    assert.deepEqual(sequence.tokens, await model.tokenize(prompt));
    const { usage, tokens } = await sequence.generate({ ...greedy, maxTokens: 10 });
    assert.equal(usage.cachedTokens, usage.promptTokens - 1);
    assert.deepEqual(tokens, (await model.generate(prompt, { ...greedy, maxTokens: 10 })).tokens);
    await using stranger = await load(tinyLlama({ seed: 2 }).path, { contextSize: 4096 });
    await assert.rejects(stranger.loadState(state), { code: "STATE_INVALID" });
  });

  it("chooses the likeliest of several answers", async () => {
    const answers = await model.bestOf(6, "hello", { temperature: 1.5, seed: 3, ignoreEos: true, maxTokens: 6 });
    assert.equal(answers.length, 6);
    const scores = answers.map(({ score }) => score);
    assert.deepEqual(
      scores,
      scores.toSorted((a, b) => b - a),
    );
    assert.ok(new Set(answers.map(({ text }) => text)).size > 1);
    assert.ok(scores.every((score) => score < 0));
  });

  it("counts what answers come down to", async () => {
    const votes = await model.selfConsistency(5, "hello", (text) => String(text.length > 0), { maxTokens: 4, seed: 1 });
    assert.equal(
      votes.reduce((sum, { votes: count }) => sum + count, 0),
      5,
    );
  });

  it("finds answers by beam search that are at least as likely as the greedy one", async () => {
    const prompt = await model.tokenize("hello");
    const [best] = await model.beamSearch(prompt, { beams: 4, maxTokens: 6, lengthPenalty: 0 });
    const plain = await model.generate(prompt, { temperature: 0, maxTokens: 6, logprobs: 0, minTokens: 6 });
    const sum = plain.logprobs?.reduce((total, { logprob }) => total + logprob, 0) ?? 0;
    assert.ok((best?.score ?? -Infinity) >= sum - 1e-3, `${best?.score} against ${sum}`);
    const [greedyBeam] = await model.beamSearch(prompt, { beams: 1, maxTokens: 6 });
    assert.deepEqual(greedyBeam?.tokens.subarray(0, 1), plain.tokens.subarray(0, 1));
  });

  it("embeds with a pooling that is asked for", async () => {
    const [mean, again] = await model.embed(["hello there", "hello there"], { pooling: "mean" });
    // Where a text stands in the batch decides which kernel computes it: their sums differ in the last bits.
    mean?.forEach((value, index) => assert.ok(Math.abs(value - (again?.[index] ?? NaN)) < 1e-5));
    assert.ok(Math.abs(Math.hypot(...(mean ?? [])) - 1) < 1e-5);
    const [last] = await model.embed(["hello there"], { pooling: "last" });
    assert.notDeepEqual(mean, last);
    await assert.rejects(model.rerank("a", ["b"]), { code: "UNSUPPORTED" });
  });

  it("tells what it has done", async () => {
    const { tokens, slots, cache, requests } = await model.metrics();
    assert.ok(tokens.prompt > 0 && tokens.completion > 0 && tokens.cached > 0);
    assert.deepEqual(slots, { total: 8, busy: 0 });
    assert.ok(cache.tokens > 0 && cache.capacity === 4096);
    assert.ok(requests.finished > 10 && requests.running === 0);
  });
});

describe("models that do not generate", () => {
  it("embed, and keep vectors of tokens for late interaction", async () => {
    await using model = await load(tinyBert().path);
    const [one, two] = await model.embed(["hello world", "hello"]);
    assert.equal(one?.length, model.info.embeddingSize);
    assert.notDeepEqual(one, two);
    const [cut] = await model.embed(["hello world"], { dimensions: 8 });
    assert.equal(cut?.length, 8);
    assert.ok(Math.abs(Math.hypot(...(cut ?? [])) - 1) < 1e-5);
    const [query, document] = await model.embed(["hello", "hello world"], { pooling: "none" });
    const size = model.info.embeddingSize;
    assert.ok(query !== undefined && document !== undefined && query.length % size === 0);
    assert.ok(Math.abs(maxSim(query, query, size) - query.length / size) < 1e-3);
    assert.ok(maxSim(query, document, size) <= query.length / size + 1e-3);
    await assert.rejects(model.generate("hello"), { code: "UNSUPPORTED" });
  });

  it("read texts as long as they were trained for", async () => {
    await using model = await load(tinyBert({ contextSize: 8192 }).path);
    const words = (count: number): Int32Array => new Int32Array(count).map((_, at) => (at < 2048 ? 5 : 25));
    const [short] = await model.embed([words(2048)]);
    const [long, again] = await model.embed([words(6000), words(2048)]);
    assert.ok(short !== undefined && long !== undefined && again !== undefined);
    const likeness = (one: Float32Array, other: Float32Array): number =>
      one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
    assert.ok(likeness(short, again) > 0.9999);
    assert.ok(likeness(short, long) < 0.99, "what is behind the first 2,048 tokens is read");
    await assert.rejects(model.embed([words(8193)]), { code: "PROMPT_TOO_LONG", message: /1 more than.*\(8192\)/ });
    const [cut, whole] = await model.embed([words(8193), words(8192)], { truncate: true });
    assert.deepEqual(cut, whole);
  });

  it("sort documents", async () => {
    await using model = await load(tinyReranker().path);
    const documents = ["hello world", "something else", "hello"];
    const ranked = await model.rerank("hello", documents);
    assert.deepEqual(ranked.map(({ index }) => index).toSorted(), [0, 1, 2]);
    for (const { index, document } of ranked) assert.equal(document, documents[index]);
    const alone = await model.rerank("hello", ["something else"]);
    const found = ranked.find(({ index }) => index === 1);
    assert.ok(Math.abs((alone[0]?.score ?? 0) - (found?.score ?? 1)) < 1e-3);
    await assert.rejects(model.embed(["hello"]), { code: "UNSUPPORTED" });
  });
});
