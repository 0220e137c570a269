import type { Context } from "hono";
import type { TokenLogprobs } from "../../../engine/sampling/token-logprobs.js";
import { type SseEvent, sseResponse } from "../../http/sse.js";
import { answersTo } from "../../answer/answers-to.js";
import type { ServerEnv } from "../../server-env.js";
import type { Services } from "../../services.js";
import type { TakenModel } from "../../take-model.js";
import { failureEvent } from "../failure-body.js";
import { finalBody } from "./bodies.js";
import { type CompletionCall, runCall, type RunningCall } from "./completion-call.js";
import { streamAnswers } from "./completion-stream.js";
import { probabilitiesOf } from "./probabilities.js";
import { readOptions } from "./read-options.js";
import type { CompletionFields } from "./request-schema.js";
import { selectFields } from "./response-fields.js";

/** Goes on from prompts, as `/completion` and `/infill` do. */
export async function answerPrompts(
  context: Context<ServerEnv>,
  services: Services,
  taken: TakenModel,
  request: CompletionFields,
  prompts: readonly Int32Array[],
): Promise<Response> {
  const read = await readOptions(request, taken, services.options.contextShift ?? false);
  const options = { ...read, ...taken.options };
  const calls: CompletionCall[] = prompts.flatMap((prompt) => answersTo({ prompt, options }, request.n_cmpl));
  const running = calls.map((call) => runCall(taken, call, request));
  if (request.stream) {
    const { sse_ping_interval: ping } = request;
    const heartbeatMs = ping === undefined ? services.heartbeatMs : ping <= 0 ? undefined : ping * 1000;
    const failure = (error: unknown): SseEvent => {
      taken.failed(error);
      return failureEvent(error);
    };
    return sseResponse(streamAnswers(taken, request, running), { departure: taken.departure, heartbeatMs, failure });
  }
  const bodies = await Promise.all(running.map((call, index) => complete(taken, request, call, index)));
  return context.json(bodies.length === 1 ? bodies[0] : bodies);
}

async function complete(
  { model, name }: TakenModel,
  request: CompletionFields,
  call: RunningCall,
  index: number,
): Promise<object> {
  let text = "";
  const tokens: number[] = [];
  const logprobs: TokenLogprobs[] = [];
  for await (const chunk of call.chunks) {
    text += chunk.text;
    tokens.push(...chunk.tokens);
    logprobs.push(...(chunk.logprobs ?? []));
  }
  const answer = {
    name,
    text,
    content: text,
    tokens: request.return_tokens ? tokens : [],
  };
  const body = await finalBody(model, call, index, await call.finish, answer);
  const withProbabilities =
    call.options.logprobs === undefined
      ? body
      : { ...body, completion_probabilities: await probabilitiesOf(model, logprobs) };
  return selectFields(withProbabilities, request.response_fields);
}
