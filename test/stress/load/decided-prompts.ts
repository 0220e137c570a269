import assert from "node:assert/strict";
import { TOKENS } from "./dialects.js";

/**
 * Of the natural logarithms of two tokens' probabilities: where they are closer, which one is greedy's depends on what else is
 * computed in the same step, as sums of floating-point numbers do on their order.
 */
const MARGIN = 0.02;
const MOST_TRIES = 500;
const words = ["a", "b", "c", "ab", "abc", "the", "hello", "an", "for", "in"];

interface Wanted {
  readonly model: string;
  /** Whether the model is given the prompt as it is, or as what a user says. */
  readonly raw: boolean;
  readonly count: number;
}

interface ChatAnswer {
  readonly choices: readonly {
    readonly logprobs: { readonly content: readonly { top_logprobs: { logprob: number }[] }[] };
  }[];
}

interface TextAnswer {
  readonly choices: readonly { readonly logprobs: { readonly top_logprobs: readonly Record<string, number>[] } }[];
}

/** Prompts whose greedy answers are never nearly another: they have one right answer. */
export async function decidedPrompts(url: string, { model, raw, count }: Wanted): Promise<readonly string[]> {
  const found: string[] = [];
  for (let number = 0; found.length < count; number++) {
    assert.ok(number < MOST_TRIES, `only ${found.length} prompts have one right answer`);
    const prompt = Array.from(String(number), (digit) => words[Number(digit)]).join(" ");
    const margins = raw ? await textMargins(url, model, prompt) : await chatMargins(url, model, prompt);
    if (margins.length > TOKENS / 2 && margins.every((margin) => margin > MARGIN)) found.push(prompt);
  }
  return found;
}

const greedy = { temperature: 0, seed: 1, max_tokens: TOKENS };

async function chatMargins(url: string, model: string, prompt: string): Promise<readonly number[]> {
  const messages = [{ role: "user", content: prompt }];
  const body = { model, messages, logprobs: true, top_logprobs: 2, ...greedy };
  const { choices } = (await askJson(`${url}/v1/chat/completions`, body)) as ChatAnswer;
  return (choices[0]?.logprobs.content ?? []).map(({ top_logprobs: best }) => marginOf(best.map((one) => one.logprob)));
}

async function textMargins(url: string, model: string, prompt: string): Promise<readonly number[]> {
  const { choices } = (await askJson(`${url}/v1/completions`, { model, prompt, logprobs: 2, ...greedy })) as TextAnswer;
  return (choices[0]?.logprobs.top_logprobs ?? []).map((best) => marginOf(Object.values(best)));
}

function marginOf(logprobs: readonly number[]): number {
  const [first = 0, second = -Infinity] = logprobs.toSorted((a, b) => b - a);
  return first - second;
}

async function askJson(url: string, body: object): Promise<unknown> {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  assert.equal(response.status, 200);
  return response.json();
}
