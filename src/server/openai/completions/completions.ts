import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import type { GenerationResult } from "../../../engine/sequence.js";
import type { LoadedModel } from "../../../mullama.js";
import { readBody } from "../../http/read-body.js";
import { sseResponse } from "../../http/sse.js";
import type { ServerEnv } from "../../server-env.js";
import type { Services } from "../../services.js";
import { streamOptions, takeModel } from "../../take-model.js";
import { answersTo } from "../../answer/answers-to.js";
import { failureEvent } from "../failure-body.js";
import { readLogprobs } from "../../answer/read-logprobs.js";
import { completionLogprobs } from "./completion-logprobs.js";
import { usageOf } from "../usage.js";
import { streamCompletion } from "./completion-stream.js";
import { checkTogether, type CompletionCall, readCompletionRequest } from "./read-request.js";
import { type CompletionRequest, completionRequestSchema } from "./request-schema.js";

/** `POST /v1/completions`. */
export async function completions(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, completionRequestSchema, services.limits);
  checkTogether(request);
  const taken = await takeModel(context, services, request.model);
  const read = await readCompletionRequest(request, taken.model, taken.served);
  const calls = read.map(({ prompt, options }) => ({ prompt, options: { ...options, ...taken.options } }));
  const head = { id: `cmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: taken.name };
  if (!request.stream) return context.json({ ...head, ...(await complete(taken.model, request, calls)) });
  const events = streamCompletion({ taken, request, calls, head });
  return sseResponse(events, { ...streamOptions(taken, services), failure: failureEvent(taken) });
}

async function complete(
  model: LoadedModel,
  request: CompletionRequest,
  calls: readonly CompletionCall[],
): Promise<object> {
  const results = await Promise.all(calls.map((call) => answer(model, request, call)));
  const choices = await Promise.all(
    results.flat().map(async (result, index) => ({
      index,
      text: result.text,
      logprobs:
        result.logprobs === undefined ? null : completionLogprobs(await readLogprobs(model, result.logprobs), 0),
      finish_reason: result.reason,
    })),
  );
  // The prompt of several answers counts once, that of another prompt again.
  const usage = usageOf(results.map((answers) => answers.map((one) => one.usage)));
  return { object: "text_completion", choices, usage };
}

/** The answers to one prompt, the best of them first where there are more than wanted. */
async function answer(
  model: LoadedModel,
  request: CompletionRequest,
  { prompt, options }: CompletionCall,
): Promise<readonly GenerationResult[]> {
  const { n, best_of: best = n } = request;
  if (best > n) return (await model.bestOf(best, prompt, options)).slice(0, n);
  return Promise.all(answersTo({ prompt, options }, n).map((one) => model.generate(one.prompt, one.options)));
}
