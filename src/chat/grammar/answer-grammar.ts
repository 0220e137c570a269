/** Grammars of whole answers: what is thought, then what the answer is held to. */
import type { GrammarOptions } from "../../engine/sampling/sampling-options.js";
import { type CallBegin, type CallTrigger, callTrigger } from "../answer/call-trigger.js";
import { escapePattern } from "../escape-pattern.js";
import type { TemplateTraits } from "../probe/find-traits.js";
import { plainSpelling, GrammarWriter, quoted } from "../schema/gbnf.js";
import type { ToolChoice, ToolDefinition } from "../tools/tool-definition.js";
import { callsRule } from "./call-rule.js";
import { harmonyCallsRule, harmonyThought, harmonyTrigger } from "./harmony-rule.js";
import { withoutText } from "./tagged-rule.js";

/** What comes before the part of an answer that a grammar is about. */
export interface AnswerBegin {
  readonly traits: TemplateTraits;
  /** Whether the prompt has begun the model's thinking. */
  readonly inReasoning: boolean;
  /** Whether the model may think. */
  readonly mayReason: boolean;
}

/**
 * Holds an answer to calls of tools, as the choice asks: always, or from where the first one begins.
 *
 * @returns undefined where there is nothing to hold it to
 */
export function toolGrammar(
  begin: AnswerBegin,
  tools: readonly ToolDefinition[],
  choice: ToolChoice,
  parallel: boolean,
): GrammarOptions | undefined {
  if (choice === "none" || tools.length === 0) return undefined;
  const { traits } = begin;
  const writer = new GrammarWriter();
  const allowed = typeof choice === "string" ? tools : tools.filter(({ name }) => name === choice.name);
  const calls = anyCalls(writer, traits, { tools: allowed, parallel }, choice === "auto");
  if (choice !== "auto") return { text: writer.toString(`${thought(writer, begin)}${calls}`) };
  const trigger = traits.harmony ? harmonyTrigger : callTrigger(traits.syntax, tools);
  return { text: writer.toString(calls), triggers: { patterns: triggerPatterns(trigger, begin) } };
}

/** Match what has been said up to the first call, which is their group; what is thought is no call. */
function triggerPatterns({ first, anywhere }: CallTrigger, { traits, inReasoning }: AnswerBegin): RegExp[] {
  const [open = "", close = ""] = [traits.syntax.reasoning.open, traits.syntax.reasoning.close].map((mark) =>
    escapePattern(mark.trim()),
  );
  const mayThink = !traits.harmony && open !== "" ? `(?:\\s*${open}[^]*?${close}|(?!\\s*${open}))` : "";
  const thoughts = inReasoning ? `[^]*?${close}` : mayThink;
  const pattern = (between: string, begin: CallBegin | undefined): RegExp[] =>
    begin === undefined ? [] : [new RegExp(`^${thoughts}${between}${begin.lead}(${begin.call}[^]*)`)];
  // Where nothing marks a call, it begins the answer.
  return [...pattern("\\s*", first), ...pattern("[^]*?", anywhere)];
}

/** Tools that may be called instead of answering in a form. */
export interface OfferedTools {
  readonly tools: readonly ToolDefinition[];
  /** Whether there may be several calls. */
  readonly parallel: boolean;
}

/** Holds an answer to a rule, or to calls of tools, behind what the model may think. */
export function ruleGrammar(
  begin: AnswerBegin,
  writer: GrammarWriter,
  rule: string,
  offered: OfferedTools = { tools: [], parallel: false },
): GrammarOptions {
  const { content } = begin.traits.syntax;
  const open = content.open.trim() === "" ? "" : `${quoted(content.open)} `;
  const whole = `${open}${rule}`;
  const answer = offered.tools.length === 0 ? whole : `(${anyCalls(writer, begin.traits, offered, false)} | ${whole})`;
  return { text: writer.toString(`${thought(writer, begin)}${answer}`) };
}

/** @param inside whether what opens a call has come already, in the form that has messages for calls */
function anyCalls(
  writer: GrammarWriter,
  traits: TemplateTraits,
  { tools, parallel }: OfferedTools,
  inside: boolean,
): string {
  if (traits.harmony) return harmonyCallsRule(writer, tools, inside);
  return callsRule(writer, traits.syntax.calls, tools, parallel);
}

/** What may be thought before. */
function thought(writer: GrammarWriter, { traits, inReasoning, mayReason }: AnswerBegin): string {
  if (!inReasoning && !mayReason) return "";
  if (traits.harmony) return harmonyThought(writer);
  const { open, close } = traits.syntax.reasoning;
  const text = writer.automaton(withoutText(close), plainSpelling, "thought");
  const whole = `${text} ${quoted(close)} [ \\n]{0,4} `;
  return inReasoning ? whole : `(${quoted(open)} ${whole})? `;
}
