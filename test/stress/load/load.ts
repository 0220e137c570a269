import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { TinyRandom } from "../../support/tiny-random.js";
import { decidedPrompts } from "./decided-prompts.js";
import { type Dialect, dialects, type Outcome } from "./dialects.js";

/** Prompts of each model, as they are and as what a user says. */
const PROMPTS = 8;
/** The longest time in which a client gets something, also on a machine that does other things. */
const PATIENCE_MS = 60_000;
/** A client that is refused does not come back at once. */
const AFTER_ERROR_MS = 100;

/** Of requests, how many leave before they hear anything, and how many in the middle. */
const GO_AT_ONCE = 0.05;
const GO_LATER = 0.2;

/** What has one right answer. */
interface Known {
  readonly model: string;
  readonly raw: boolean;
  readonly prompt: string;
  readonly answer: string;
}

interface Question {
  readonly dialect: Dialect;
  readonly known: Known;
}

/** Clients of every dialect that ask for greedy answers, and know what these are. */
export class Load {
  readonly #url: string;
  readonly #models: readonly string[];
  readonly #random = new TinyRandom(11);
  readonly #known: Known[] = [];
  requests = 0;
  right = 0;
  left = 0;
  readonly errors = new Map<string, number>();

  constructor(url: string, models: readonly string[]) {
    this.#url = url;
    this.#models = models;
  }

  /** What prompts are answered with when nobody else asks anything; the same in every dialect. */
  async learn(): Promise<void> {
    for (const model of this.#models) {
      for (const raw of [false, true]) {
        const own = dialects.filter((dialect) => dialect.raw === raw);
        const prompts = await decidedPrompts(this.#url, { model, raw, count: PROMPTS });
        for (const prompt of prompts) this.#known.push(await this.#learnOne(own, { model, raw, prompt }));
      }
    }
    assert.ok(new Set(this.#known.map(({ answer }) => answer)).size > this.#known.length / 2, "prompts have their own");
  }

  async #learnOne(own: readonly Dialect[], question: Omit<Known, "answer">): Promise<Known> {
    const answers = new Set<string>();
    for (const dialect of own) {
      const known = { ...question, answer: "" };
      const outcome = await this.#ask({ dialect, known }, AbortSignal.timeout(PATIENCE_MS));
      answers.add("text" in outcome ? outcome.text : assert.fail(outcome.error));
    }
    const [answer = "", ...others] = answers;
    assert.ok(answer !== "" && others.length === 0, `every dialect says the same: ${JSON.stringify([...answers])}`);
    return { ...question, answer };
  }

  /** Asks one question after another. */
  async client(until: number): Promise<void> {
    while (performance.now() < until) {
      const known = this.#pick(this.#known);
      const question = { known, dialect: this.#pick(dialects.filter(({ raw }) => raw === known.raw)) };
      this.requests++;
      const fate = this.#random.uniform();
      if (fate < GO_AT_ONCE + GO_LATER) await this.#leave(question, fate < GO_AT_ONCE);
      else await this.#stay(question);
    }
  }

  /** Asks each model in each dialect once more, which must give the right answer. */
  async askAll(): Promise<void> {
    const before = this.right;
    for (const model of this.#models) {
      for (const dialect of dialects) {
        const known = this.#known.find((one) => one.model === model && one.raw === dialect.raw) ?? assert.fail();
        await this.#stay({ dialect, known });
      }
    }
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
    const { dialect, known } = question;
    assert.equal(outcome.text, known.answer, `${dialect.path} ${known.model} ${known.prompt}`);
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

  async #post({ dialect, known: { model, prompt } }: Question, signal: AbortSignal): Promise<Response> {
    try {
      return await fetch(`${this.#url}${dialect.path}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(dialect.body(model, prompt)),
        signal,
      });
    } catch (error) {
      // A connection that is lost says why in its cause.
      if (!signal.aborted) assert.fail(`${dialect.path}: ${String(error)} (${String((error as Error).cause)})`);
      throw error;
    }
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[this.#random.below(items.length)] ?? assert.fail();
  }
}
