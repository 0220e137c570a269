import type { Context } from "hono";
import type { TokenLogprobs } from "../../../engine/sampling/token-logprobs.js";
import { failureOf } from "../../http/failure.js";
import { ndjsonResponse } from "../../http/ndjson.js";
import { readLogprobs } from "../../answer/read-logprobs.js";
import type { ServerEnv } from "../../server-env.js";
import { failureBody } from "../failure-body.js";
import { type AnswerEnd, type AnswerPart, type AnswerParts, isEnd, joined, noPart } from "./answer-parts.js";
import type { AskedModel } from "./asked-model.js";
import { durationsOf } from "./durations.js";

/** An answer, and how a dialect's route writes it. */
export interface Answer {
  readonly asked: AskedModel;
  readonly parts: AnswerParts;
  readonly stream: boolean;
  /** Writes what was said; `index` counts the calls before. */
  readonly write: (part: AnswerPart, index: number) => object;
  /** What the last object has beside times and counts. */
  readonly last?: (end: AnswerEnd) => object;
}

/** Sends an answer: as objects while it comes, or as one. */
export async function sendAnswer(context: Context<ServerEnv>, answer: Answer): Promise<Response> {
  const { departure, failed } = answer.asked;
  const failure = (error: unknown): unknown => {
    failed(error);
    return failureBody(failureOf(error));
  };
  if (answer.stream) return ndjsonResponse(objectsOf(answer), { departure, failure });
  const said: AnswerPart[] = [];
  let end: AnswerEnd | undefined;
  for await (const part of answer.parts) {
    if (isEnd(part)) end = part;
    else said.push(part);
  }
  return context.json({ ...(await written(answer, joined(said), 0)), ...ending(answer, end) });
}

async function* objectsOf(answer: Answer): AsyncGenerator<unknown, void> {
  let calls = 0;
  /** Of tokens whose text has not come yet. */
  let logprobs: readonly TokenLogprobs[] = [];
  for await (const one of answer.parts) {
    const part = isEnd(one) ? noPart : one;
    logprobs = [...logprobs, ...part.logprobs];
    if (!isEnd(one) && part.text === "" && part.thinking === "" && part.calls.length === 0) continue;
    const said = await written(answer, { ...part, logprobs }, calls);
    yield { ...said, ...(isEnd(one) ? ending(answer, one) : { done: false }) };
    logprobs = [];
    calls += part.calls.length;
  }
}

async function written({ asked, write }: Answer, part: AnswerPart, calls: number): Promise<object> {
  const { logprobs } = part;
  return {
    model: asked.name,
    created_at: new Date().toISOString(),
    ...write(part, calls),
    ...(logprobs.length === 0 ? {} : { logprobs: await readLogprobs(asked.model, logprobs) }),
  };
}

function ending({ asked, last }: Answer, end: AnswerEnd | undefined): object {
  return end === undefined
    ? { done: true }
    : { done: true, done_reason: end.reason, ...last?.(end), ...durationsOf(asked, end) };
}
