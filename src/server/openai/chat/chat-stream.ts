import type { ChatEvent, ChatResult } from "../../../chat/respond-options.js";
import type { TokenLogprobs } from "../../../engine/sampling/token-logprobs.js";
import { merge } from "../../http/merge.js";
import type { SseEvent } from "../../http/sse.js";
import { answersTo } from "../../answer/answers-to.js";
import { readLogprobs } from "../../answer/read-logprobs.js";
import { usageOf } from "../usage.js";
import type { ChatStreamParts } from "./chat-stream-parts.js";
import { finishReason } from "./completion-message.js";
import type { CompletionDelta } from "./response-schema.js";

/** Answers a conversation in chunks. */
export async function* streamChat(parts: ChatStreamParts): AsyncGenerator<SseEvent, void> {
  const { liveChats, taken, request, call, head } = parts;
  const withUsage = request.stream_options?.include_usage === true;
  const chunk = (choices: readonly object[], usage: unknown): SseEvent => {
    const body = { ...head, object: "chat.completion.chunk", choices, ...(withUsage ? { usage } : {}) };
    return { data: JSON.stringify(body) };
  };
  let leave = (): void => undefined;
  try {
    const streams = answersTo(call, request.n).map((one) => taken.model.respond(one.messages, one.options));
    if (request.reasoning_control === true) leave = liveChats.add(head.id, streams);
    const results: ChatResult[] = [];
    const started = new Set<number>();
    /** Of tokens whose text has not come yet. */
    const waiting = new Map<number, readonly TokenLogprobs[]>();
    const logprobsOf = async (index: number): Promise<object | null> => {
      const logprobs = waiting.get(index);
      waiting.delete(index);
      return logprobs === undefined ? null : { content: await readLogprobs(taken.model, logprobs), refusal: null };
    };
    for await (const [index, event] of merge(streams)) {
      if (!started.has(index)) {
        started.add(index);
        const delta = { role: "assistant", content: "", refusal: null };
        yield chunk([{ index, delta, logprobs: null, finish_reason: null }], null);
      }
      if (event.type === "logprobs") waiting.set(index, [...(waiting.get(index) ?? []), ...event.logprobs]);
      const delta = event.type === "finish" ? {} : deltaOf(event);
      if (delta === undefined) continue;
      const reason = event.type === "finish" ? finishReason(event) : null;
      if (event.type === "finish") results[index] = event;
      yield chunk([{ index, delta, logprobs: await logprobsOf(index), finish_reason: reason }], null);
    }
    if (withUsage) yield chunk([], usageOf([results.map(({ usage }) => usage)]));
    yield { data: "[DONE]" };
  } finally {
    leave();
  }
}

function deltaOf(event: ChatEvent): CompletionDelta | undefined {
  switch (event.type) {
    case "text":
      return { content: event.text };
    case "reasoning":
      return { reasoning_content: event.text };
    case "tool-call-start": {
      const { index, id, name } = event;
      return { tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] };
    }
    case "tool-call-delta":
      return { tool_calls: [{ index: event.index, function: { arguments: event.text } }] };
    default:
      return undefined;
  }
}
