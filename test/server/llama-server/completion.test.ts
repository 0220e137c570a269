import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { MullamaServer } from "../../../src/server/index.js";
import { ask } from "../../support/ask-server.js";
import { tinyLora } from "../../support/tiny-lora.js";
import { tinyLlama } from "../../support/tiny-models.js";
import { post, tinyServer } from "../../support/tiny-server.js";

interface Completion {
  readonly index: number;
  readonly content: string;
  readonly tokens: readonly number[];
  readonly stop: boolean;
  readonly id_slot: number;
  readonly model: string;
  readonly prompt: string;
  readonly tokens_predicted: number;
  readonly tokens_evaluated: number;
  readonly tokens_cached: number;
  readonly stop_type: string;
  readonly stopping_word: string;
  readonly truncated: boolean;
  readonly generation_settings: Readonly<Record<string, unknown>>;
  readonly timings: Readonly<Record<string, number>>;
  readonly completion_probabilities?: readonly {
    readonly id: number;
    readonly logprob: number;
    readonly top_logprobs: readonly { readonly id: number; readonly logprob: number }[];
  }[];
}

interface Problem {
  readonly error: { readonly message: string; readonly type: string; readonly code: number; readonly param?: string };
}

const path = "/completion";
const hello = { prompt: "hello world", n_predict: 6, seed: 1 };

describe("llama-server's completion", () => {
  let server: MullamaServer;
  const loraAdapters = [{ path: tinyLora(tinyLlama()), scale: 0 }];
  before(async () => {
    const model = tinyLlama().path;
    server = await tinyServer({ models: { tiny: { model, contextSize: 256, parallel: 2, loraAdapters } } });
  });
  after(() => server.dispose());

  const complete = (body: object): Promise<Completion> => ask(server, path, { ...hello, ...body });

  async function refuse(body: object, status = 400): Promise<Problem["error"]> {
    return (await ask<Problem>(server, path, { ...hello, ...body }, status)).error;
  }

  it("answers without being told a model, where there is only one", async () => {
    const answer = await complete({ return_tokens: true });
    assert.equal(answer.model, "tiny");
    assert.equal(answer.stop, true);
    assert.equal(answer.stop_type, "limit");
    assert.equal(answer.truncated, false);
    assert.equal(answer.tokens.length, 6);
    assert.equal(answer.tokens_predicted, 6);
    assert.match(answer.prompt, /hello world$/);
    assert.equal(answer.timings["predicted_n"], 6);
    assert.equal((answer.timings["cache_n"] ?? 0) + (answer.timings["prompt_n"] ?? 0), answer.tokens_evaluated);
    assert.deepEqual((await complete({})).tokens, []);
    const other = await ask<Completion>(server, "/completions", { ...hello, model: "tiny" });
    assert.equal(other.content, answer.content);
  });

  it("reads prompts in every form", async () => {
    const { tokens } = await ask<{ tokens: number[] }>(server, "/tokenize", {
      content: "hello world",
      add_special: true,
    });
    const [begin = 0, ...rest] = tokens;
    const forms = ["hello world", tokens, ["", ...rest], [begin, ...rest], { prompt_string: "hello world" }];
    const answers = await Promise.all(forms.map((prompt) => complete({ prompt })));
    for (const { content, tokens_evaluated } of answers) {
      assert.equal(content, answers[0]?.content);
      assert.equal(tokens_evaluated, tokens.length);
    }
    const several = await ask<Completion[]>(server, path, { ...hello, prompt: ["hello", tokens, "world"] });
    assert.deepEqual(
      several.map(({ index }) => index),
      [0, 1, 2],
    );
    assert.equal(several[1]?.content, answers[0]?.content);
    const twice = await ask<Completion[]>(server, path, { ...hello, n_cmpl: 2, temperature: 2 });
    assert.notEqual(twice[0]?.content, twice[1]?.content);
  });

  it("streams what it answers", async () => {
    const whole = await complete({ return_tokens: true });
    const response = await post(server, path, { ...hello, stream: true, n_probs: 1, timings_per_token: true });
    const events = (await response.text())
      .split("\n\n")
      .filter((line) => line.startsWith("data: "))
      .map((line) => JSON.parse(line.slice(6)) as Completion);
    const last = events.pop();
    assert.equal(events.map(({ content }) => content).join(""), whole.content);
    assert.deepEqual(
      events.flatMap(({ tokens }) => tokens),
      whole.tokens,
    );
    assert.ok(events.every(({ stop }) => !stop));
    assert.equal(events.flatMap((event) => event.completion_probabilities ?? []).length, 6);
    assert.equal(events.at(-1)?.timings["predicted_n"], 6);
    assert.deepEqual([last?.stop, last?.content, last?.tokens_predicted], [true, "", 6]);
  });

  it("passes every way of sampling on, and says what it used", async () => {
    const fields = {
      temperature: 0.7,
      dynatemp_range: 0.2,
      dynatemp_exponent: 1.5,
      top_k: 30,
      top_p: 0.9,
      min_p: 0.01,
      typical_p: 0.95,
      top_n_sigma: 2,
      xtc_probability: 0.25,
      xtc_threshold: 0.2,
      repeat_last_n: 32,
      repeat_penalty: 1.25,
      presence_penalty: 0.5,
      frequency_penalty: 0.25,
      dry_multiplier: 0.5,
      dry_base: 1.5,
      dry_allowed_length: 3,
      dry_penalty_last_n: 64,
      dry_sequence_breakers: ["\n"],
      samplers: ["dry", "top_k", "typ_p", "top_p", "min_p", "xtc", "temperature"],
    };
    const { generation_settings: used } = await complete({ ...fields, n_keep: 4, min_keep: 0 });
    for (const [name, value] of Object.entries(fields)) assert.deepEqual(used[name], value, name);
    assert.equal(used["seed"], 1);
    assert.deepEqual((await complete({ samplers: "kt" })).generation_settings["samplers"], ["top_k", "temperature"]);
    const { generation_settings: mirostat } = await complete({ mirostat: 2, mirostat_tau: 4, mirostat_eta: 0.2 });
    assert.deepEqual([mirostat["mirostat"], mirostat["mirostat_tau"]], [2, 4]);
    assert.equal((await complete({ repeat_last_n: -1 })).generation_settings["repeat_last_n"], 256);
  });

  it("knows biases in each of their forms", async () => {
    const greedy = await complete({ temperature: 0, return_tokens: true });
    const first = greedy.tokens[0] ?? 0;
    for (const bias of [[[first, false]], { [first]: false }, { [first]: -1000 }]) {
      const answer = await complete({ temperature: 0, return_tokens: true, logit_bias: bias });
      assert.ok(!answer.tokens.includes(first), JSON.stringify(bias));
    }
    const forced = await complete({ temperature: 0, logit_bias: [["hello", 1000]] });
    const plain = await complete({ temperature: 0 });
    assert.notEqual(forced.content, plain.content);
  });

  it("keeps to grammars, schemas and stop texts", async () => {
    assert.equal((await complete({ grammar: 'root ::= "yes"', n_predict: 20 })).content, "yes");
    const schema = { type: "object", properties: { on: { type: "boolean" } }, required: ["on"] };
    const { content, stop_type: ended } = await complete({ json_schema: schema, n_predict: 60 });
    assert.equal(typeof (JSON.parse(content) as { on: unknown }).on, "boolean");
    assert.equal(ended, "eos");
    const stopped = await complete({ grammar: 'root ::= "one two three"', stop: ["two"], n_predict: 40 });
    assert.deepEqual([stopped.content, stopped.stop_type, stopped.stopping_word], ["one ", "word", "two"]);
  });

  it("gives probabilities, and only the fields that are wanted", async () => {
    const { completion_probabilities: given = [] } = await complete({ n_probs: 3 });
    assert.equal(given.length, 6);
    assert.ok(given.every(({ logprob, top_logprobs: top }) => logprob <= 0 && top.length === 3));
    // The document describes bodies that are whole.
    await using unchecked = await tinyServer({ checkAnswers: false });
    const fields = ["content", "generation_settings/n_predict", "nothing"];
    const body = await ask<object>(unchecked, "/completion", { prompt: "one", n_predict: 6, response_fields: fields });
    assert.deepEqual(Object.keys(body).sort(), ["content", "n_predict"]);
  });

  it("uses the prompt's cache, or does not", async () => {
    const prompt = "hello world ".repeat(8);
    await complete({ prompt });
    assert.ok((await complete({ prompt })).tokens_cached > 0);
    assert.equal((await complete({ prompt, cache_prompt: false })).tokens_cached, 0);
  });

  it("uses the adapters that a request names", async () => {
    const plain = await complete({ temperature: 0 });
    const adapted = await complete({ temperature: 0, lora: [{ id: 0, scale: 8 }] });
    assert.notEqual(adapted.content, plain.content);
    assert.deepEqual(adapted.generation_settings["lora"], [{ id: 0, scale: 8 }]);
    assert.equal((await refuse({ lora: [{ id: 7, scale: 1 }] })).param, "lora");
  });

  it("refuses by name what it cannot do", async () => {
    const wrong = {
      min_keep: 2,
      n_indent: 4,
      n_discard: 10,
      n_cache_reuse: 256,
      t_max_predict_ms: 100,
      return_progress: true,
      post_sampling_probs: true,
      backend_sampling: true,
      samplers: ["nothing"],
      logit_bias: "all",
      seed: 1.5,
      temperature: "hot",
      prompt: [["a"], 7, {}],
      never_heard_of: 1,
    };
    for (const [name, value] of Object.entries(wrong)) {
      const { param = "", type, code } = await refuse({ [name]: value });
      assert.ok(param === name || param.startsWith(`${name}.`), `${name}: ${param}`);
      assert.deepEqual([type, code], ["invalid_request_error", 400]);
    }
    const { param } = await refuse({ id_slot: 9 }, 404);
    assert.equal(param, "id_slot");
  });

  it("says by how much a prompt is too long", async () => {
    const { type, message } = await refuse({ prompt: Array.from({ length: 300 }, () => 5) });
    assert.equal(type, "exceed_context_size_error");
    assert.match(message, /300 tokens, \d+ more than/);
  });

  it("ends where the context is full, and says so", async () => {
    const {
      truncated,
      stop_type: ended,
      tokens_predicted: count,
    } = await complete({
      n_predict: -1,
      ignore_eos: true,
    });
    assert.deepEqual([truncated, ended], [true, "limit"]);
    assert.ok(count > 200);
  });
});
