import type { AnswerPart } from "../answer/answer-parts.js";

/** What was said, as Ollama's message. @param index how many calls came before */
export function messageOf({ text, thinking, calls }: AnswerPart, index: number): object {
  return {
    message: {
      role: "assistant",
      content: text,
      ...(thinking === "" ? {} : { thinking }),
      ...(calls.length === 0
        ? {}
        : {
            tool_calls: calls.map((call, at) => ({
              id: call.id,
              function: { index: index + at, name: call.name, arguments: call.arguments },
            })),
          }),
    },
  };
}
