import { merge } from "../../http/merge.js";
import type { SseEvent } from "../../http/sse.js";
import type { TakenModel } from "../../take-model.js";
import { type AnswerProgress, finalBody, partialBody, runningTimings } from "./bodies.js";
import type { RunningCall } from "./completion-call.js";
import { probabilitiesOf } from "./probabilities.js";
import type { CompletionFields } from "./request-schema.js";
import { selectFields } from "./response-fields.js";

/** Answers piece by piece. */
export async function* streamAnswers(
  taken: TakenModel,
  request: CompletionFields,
  calls: readonly RunningCall[],
): AsyncGenerator<SseEvent, void> {
  const { model, name } = taken;
  const progress = calls.map((): AnswerProgress => ({ text: "", tokens: 0, firstAt: 0 }));
  const event = (body: object): SseEvent => ({ data: JSON.stringify(body) });
  for await (const [index, chunk] of merge(calls.map(({ chunks }) => chunks))) {
    const [call, so] = [calls[index], progress[index]];
    if (call === undefined || so === undefined) continue;
    if (so.tokens === 0) so.firstAt = performance.now();
    so.text += chunk.text;
    so.tokens += chunk.tokens.length;
    const { logprobs } = chunk;
    yield event({
      ...partialBody(call, index, chunk, so),
      ...(request.timings_per_token ? { timings: runningTimings(so) } : {}),
      ...(logprobs === undefined ? {} : { completion_probabilities: await probabilitiesOf(model, logprobs) }),
    });
  }
  for (const [index, call] of calls.entries()) {
    const answer = { name, text: progress[index]?.text ?? "", content: "", tokens: [] };
    const body = await finalBody(model, call, index, await call.finish, answer);
    yield event(selectFields(body, request.response_fields));
  }
}
