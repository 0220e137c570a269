import type { LoadedModel, ToolAnswer, ToolSet } from "../../src/index.js";

/** Has a model with random weights call a tool: a grammar makes the call. */
export async function callByModel(model: LoadedModel, tools: ToolSet, name: string): Promise<ToolAnswer> {
  const chat = model.chat({ tools, maxTokens: 200, temperature: 0, maxSteps: 2, parallelToolCalls: false });
  const { toolAnswers, finishReason } = await chat.send("x", { toolChoice: { name } });
  const [answer] = toolAnswers;
  if (answer === undefined) throw new RangeError(`no call of ${name}, but ${finishReason}`);
  return answer;
}
