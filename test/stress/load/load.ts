import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { TinyRandom } from "../../support/tiny-random.js";
import { type Dialect, dialects, type Outcome } from "./dialects.js";

const prompts = ["ab", "abc ab", "the", "a b c d", "hello", "hello the a", "b c", "abc abc abc abc abc"];
/** The longest time in which a client gets something, also on a machine that does other things. */
const PATIENCE_MS = 60_000;
/** A client that is refused does not come back at once. */
const AFTER_ERROR_MS = 100;

/** Of requests, how many leave before they hear anything, and how many in the middle. */
const GO_AT_ONCE = 0.05;
const GO_LATER = 0.2;

interface Question {
  readonly dialect: Dialect;
  readonly model: string;
  readonly prompt: string;
}

/** Clients of every dialect that ask for greedy answers, and know what these are. */
export class Load {
  readonly #url: string;
  readonly #models: readonly string[];
  readonly #random = new TinyRandom(11);
  readonly #known = new Map<string, string>();
  requests = 0;
  right = 0;
  left = 0;
  readonly errors = new Map<string, number>();

  constructor(url: string, models: readonly string[]) {
    this.#url = url;
    this.#models = models;
  }

  /** What each prompt is answered with when nobody else asks anything; the same in every dialect. */
  async learn(): Promise<void> {
    for (const model of this.#models) {
      for (const prompt of prompts) {
        for (const dialect of dialects) await this.#learnOne({ dialect, model, prompt });
      }
      const answers = [...this.#known].filter(([key]) => key.startsWith(`${model} `)).map(([, text]) => text);
      assert.ok(new Set(answers).size > prompts.length / 2, "prompts have answers of their own");
    }
  }

  async #learnOne(question: Question): Promise<void> {
    const outcome = await this.#ask(question, new AbortController().signal);
    assert.ok("text" in outcome && outcome.text !== "", JSON.stringify(outcome));
    const known = this.#known.get(keyOf(question));
    if (known !== undefined) assert.equal(outcome.text, known, `${question.dialect.path} answers as others do`);
    this.#known.set(keyOf(question), outcome.text);
  }

  /** Asks one question after another. */
  async client(until: number): Promise<void> {
    while (performance.now() < until) {
      const question = { dialect: this.#pick(dialects), model: this.#pick(this.#models), prompt: this.#pick(prompts) };
      this.requests++;
      const fate = this.#random.uniform();
      if (fate < GO_AT_ONCE + GO_LATER) await this.#leave(question, fate < GO_AT_ONCE);
      else await this.#stay(question);
    }
  }

  /** Asks each model in each dialect once more, which must give the right answer. */
  async askAll(): Promise<void> {
    const before = this.right;
    for (const model of this.#models)
      for (const dialect of dialects) await this.#stay({ dialect, model, prompt: prompts[0] ?? "" });
    assert.equal(this.right - before, this.#models.length * dialects.length, "nothing is broken for good");
  }

  async #stay(question: Question): Promise<void> {
    const outcome = await this.#ask(question, AbortSignal.timeout(PATIENCE_MS));
    if ("error" in outcome) {
      // How it died is told at the end of the sentence.
      const kind = outcome.error.replace(/ Its last words.*/s, "");
      this.errors.set(kind, (this.errors.get(kind) ?? 0) + 1);
      await delay(AFTER_ERROR_MS);
      return;
    }
    const { dialect, model, prompt } = question;
    assert.equal(outcome.text, this.#known.get(keyOf(question)), `${dialect.path} ${model} ${prompt}`);
    this.right++;
  }

  /** Asks, and goes: before anything has come, or when some of it has. */
  async #leave(question: Question, atOnce: boolean): Promise<void> {
    this.left++;
    const leave = new AbortController();
    const late = setTimeout(() => leave.abort(), atOnce ? this.#random.below(20) : PATIENCE_MS);
    try {
      const response = await this.#post(question, leave.signal);
      const reader = response.body?.getReader();
      for (let chunks = this.#random.below(12); chunks >= 0; chunks--) if ((await reader?.read())?.done === true) break;
    } catch (error) {
      assert.ok(atOnce && leave.signal.aborted, String(error));
    } finally {
      clearTimeout(late);
      leave.abort();
    }
  }

  async #ask(question: Question, signal: AbortSignal): Promise<Outcome> {
    const response = await this.#post(question, signal);
    const body = await response.text();
    const { read, readError } = question.dialect;
    return response.ok ? read(body) : { error: readError(JSON.parse(body)) };
  }

  #post({ dialect, model, prompt }: Question, signal: AbortSignal): Promise<Response> {
    return fetch(`${this.#url}${dialect.path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(dialect.body(model, prompt)),
      signal,
    });
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[this.#random.below(items.length)] ?? assert.fail();
  }
}

function keyOf({ dialect, model, prompt }: Question): string {
  return `${model} ${dialect.raw} ${prompt}`;
}
