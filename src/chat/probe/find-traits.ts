import type { AnswerSyntax, CallSyntax, ReasoningSyntax } from "../answer/answer-syntax.js";
import { hermesCalls, knownCalls } from "../answer/known-syntax.js";
import type { ChatTemplate } from "../template.js";
import { findCalls } from "./find-calls.js";
import { findContent } from "./find-content.js";
import { findReasoning, findSwitches } from "./find-reasoning.js";
import { isHarmony } from "./harmony.js";
import { calling, findDialect, probeCalls, probeTools, tryRender, user, words } from "./probe.js";

/** What a template can do, and how its model answers. */
export interface TemplateTraits {
  /** Whether it writes a plain conversation at all. */
  readonly works: boolean;
  readonly problem: unknown;
  /** Whether it has a place for a system message. */
  readonly takesSystem: boolean;
  /** Whether it tells the model about tools. */
  readonly offersTools: boolean;
  /** Whether it writes what an assistant called. */
  readonly showsCalls: boolean;
  /** Whether it writes what tools answered. */
  readonly takesResults: boolean;
  /** Whether its words say that the model thinks. */
  readonly reasons: boolean;
  /** Variables that switch thinking on and off. */
  readonly switches: readonly string[];
  /** Whether its answers are messages in channels, as gpt-oss writes them. */
  readonly harmony: boolean;
  readonly syntax: AnswerSyntax;
}

const none: TemplateTraits = {
  works: false,
  problem: undefined,
  takesSystem: true,
  offersTools: false,
  showsCalls: false,
  takesResults: false,
  reasons: false,
  switches: [],
  harmony: false,
  syntax: {
    reasoning: { open: "<think>", close: "</think>" },
    content: { open: "", close: "" },
    calls: hermesCalls,
  },
};

/** @param ends names of the tokens that end an answer */
export function findTraits(template: ChatTemplate | undefined, ends: readonly string[]): TemplateTraits {
  if (template === undefined) return none;
  findDialect(template);
  try {
    template.render([user]);
  } catch (problem) {
    return { ...none, problem };
  }
  const system = tryRender(template, [{ role: "system", content: words.system }, user]);
  const offered = tryRender(template, [user], { tools: probeTools, addGenerationPrompt: true });
  const called = calling([probeCalls[0]]);
  const { id, name } = probeCalls[0];
  const answered = tryRender(
    template,
    [user, called, { role: "tool", content: words.result, toolCallId: id, toolName: name }],
    { tools: probeTools, addGenerationPrompt: true },
  );
  const shown = findCalls(template, ends);
  const reasoning = findReasoning(template);
  const calls = withoutThoughts(shown ?? knownCalls(template.source), reasoning);
  return {
    works: true,
    problem: undefined,
    takesSystem: system?.includes(words.system) === true,
    offersTools: probeTools.every((tool) => offered?.includes(tool.name) === true),
    showsCalls: shown !== undefined,
    takesResults: shown !== undefined && answered?.includes(words.result) === true,
    reasons: template.source.includes(reasoning.close),
    switches: findSwitches(template),
    harmony: isHarmony(template.source),
    syntax: { reasoning, content: findContent(template, reasoning, ends), calls },
  };
}

/** Thoughts that a template leaves empty are not part of the calls behind them. */
function withoutThoughts(calls: CallSyntax, { open, close }: ReasoningSyntax): CallSyntax {
  return { ...calls, open: calls.open.replaceAll(open, "").replaceAll(close, "") };
}
