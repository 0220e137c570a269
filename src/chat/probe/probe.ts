/** Conversations made up to see what a template makes of them, with words that no template has of its own. */
import type { ChatMessage, ToolCall } from "../message.js";
import type { ChatTemplate, RenderOptions } from "../template.js";
import { otherDialects } from "../template-dialect.js";
import type { ToolDefinition } from "../tools/tool-definition.js";

export const words = {
  system: "zqsystem",
  user: "zquser",
  content: "zqcontent",
  reasoning: "zqreasoning",
  result: "zqresult",
  key: "zqkeyone",
  secondKey: "zqkeytwo",
  value: "zqvalue",
  number: 8642,
} as const;

export const user: ChatMessage = { role: "user", content: words.user };
export const said: ChatMessage = { role: "assistant", content: words.content };

export const probeArguments = { [words.key]: words.value, [words.secondKey]: words.number };
export const probeCalls: readonly [ToolCall, ToolCall] = [
  { id: "zqidone01", name: "zqtoolone", arguments: probeArguments },
  { id: "zqidtwo02", name: "zqtooltwo", arguments: probeArguments },
];

export const probeTools: readonly ToolDefinition[] = probeCalls.map(({ name }) => ({
  name,
  description: `About ${name}`,
  parameters: {
    type: "object",
    properties: {
      [words.key]: { type: "string", description: "One" },
      [words.secondKey]: { type: "integer", description: "Two" },
    },
    required: [words.key],
  },
}));

export function calling(calls: readonly ToolCall[]): ChatMessage {
  return { role: "assistant", content: "", toolCalls: calls };
}

/** What the template writes; undefined where it refuses. */
export function tryRender(
  template: ChatTemplate,
  messages: readonly ChatMessage[],
  options: RenderOptions = {},
): string | undefined {
  try {
    return template.render(messages, { addGenerationPrompt: false, ...options });
  } catch {
    return undefined;
  }
}

/** What comes behind what the user said last. */
export function afterUser(text: string): string {
  const at = text.lastIndexOf(words.user);
  return at < 0 ? text : text.slice(at + words.user.length);
}

/**
 * Finds how a template wants what templates disagree about: the first way in which it writes most of a plain
 * conversation, one that offers tools, and one that calls them.
 */
export function findDialect(template: ChatTemplate): void {
  const score = (): number => {
    const plain = tryRender(template, [user], { addGenerationPrompt: true });
    const offered = tryRender(template, [user], { tools: probeTools });
    const called = tryRender(template, [user, calling([probeCalls[0]])], { tools: probeTools });
    const answer = called === undefined ? "" : afterUser(called);
    const spoiled = answer.includes('\\"') || answer.includes("[object ");
    return [
      plain !== undefined,
      plain !== undefined,
      offered !== undefined,
      answer.includes(words.value) && !spoiled,
    ].filter(Boolean).length;
  };
  const first = template.dialect;
  let best = { dialect: first, score: score() };
  for (const dialect of otherDialects(first)) {
    if (best.score === 4) break;
    template.speak(dialect);
    const points = score();
    if (points > best.score) best = { dialect, score: points };
  }
  template.speak(best.dialect);
}
