import type { Answer, ToolCall } from "../data/conversation.js";
import type { ChatChunk } from "../server/chat-stream.js";

/** An answer with one more piece. */
export function extendAnswer(answer: Answer, { choices }: ChatChunk): Answer {
  const [choice] = choices;
  if (choice === undefined) return answer;
  const { delta, logprobs, finish_reason: finish } = choice;
  return {
    ...answer,
    text: answer.text + (delta.content ?? ""),
    reasoning: answer.reasoning + (delta.reasoning_content ?? ""),
    toolCalls: extendCalls(answer.toolCalls, delta.tool_calls),
    probabilities: logprobs === null ? answer.probabilities : [...answer.probabilities, ...logprobs.content],
    finish: finish ?? answer.finish,
  };
}

type CallDeltas = ChatChunk["choices"][number]["delta"]["tool_calls"];

function extendCalls(calls: readonly ToolCall[], deltas: CallDeltas): readonly ToolCall[] {
  if (deltas === undefined) return calls;
  const extended = [...calls];
  for (const { index, id, function: part } of deltas) {
    const before = extended[index] ?? { id: id ?? "", name: "", arguments: "" };
    extended[index] = {
      id: id ?? before.id,
      name: part.name ?? before.name,
      arguments: before.arguments + (part.arguments ?? ""),
    };
  }
  return extended;
}
