import { answerOf, type Conversation, type Turn } from "../data/conversation.js";
import type { Settings } from "../data/settings.js";

const ALTERNATIVES = 5;

/** A setting that is wrong, told before anything is sent. */
class SettingError extends TypeError {}

/** What the server is asked. @throws {SettingError} */
export function requestBody(conversation: Conversation, turns: readonly Turn[], settings: Settings): object {
  const { system } = conversation;
  const tools = readJson("Tools", settings.tools);
  const schema = readJson("JSON schema", settings.schema);
  if (tools !== undefined && !Array.isArray(tools)) throw new SettingError("Tools: It must be a JSON array.");
  return {
    model: settings.model,
    stream: true,
    stream_options: { include_usage: true },
    messages: [...(system === "" ? [] : [{ role: "system", content: system }]), ...turns.flatMap(messageOf)],
    temperature: readNumber("Temperature", settings.temperature),
    top_p: readNumber("Top P", settings.topP),
    top_k: readNumber("Top K", settings.topK),
    min_p: readNumber("Min P", settings.minP),
    max_tokens: readNumber("Longest answer", settings.maxTokens),
    seed: readNumber("Seed", settings.seed),
    reasoning_effort: settings.effort === "" ? undefined : settings.effort,
    tools,
    response_format:
      schema === undefined ? undefined : { type: "json_schema", json_schema: { name: "answer", schema } },
    ...(settings.probabilities ? { logprobs: true, top_logprobs: ALTERNATIVES } : {}),
  };
}

function messageOf(turn: Turn): object[] {
  if (turn.role === "user") return [{ role: "user", content: turn.text }];
  if (turn.role === "tool") return [{ role: "tool", tool_call_id: turn.callId, content: turn.text }];
  const answer = answerOf(turn);
  if (answer === undefined || (answer.text === "" && answer.toolCalls.length === 0)) return [];
  const calls = answer.toolCalls.map(({ id, name, arguments: given }) => ({
    id,
    type: "function",
    function: { name, arguments: given },
  }));
  return [{ role: "assistant", content: answer.text, ...(calls.length === 0 ? {} : { tool_calls: calls }) }];
}

function readNumber(name: string, text: string): number | undefined {
  if (text.trim() === "") return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new SettingError(`${name}: It must be a number.`);
  return value;
}

/** The value of a text, or undefined where there is none. */
export function readJson(name: string, text: string): unknown {
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new SettingError(`${name}: ${(error as Error).message}`);
  }
}
