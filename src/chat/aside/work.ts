/** Work that may take long, because strangers say what it is about: on plain data, so that any thread can do it. */
import type { GrammarOptions } from "../../engine/sampling/sampling-options.js";
import { ChatFormat, type ChatFormatOptions, type ChatPrompt, type ChatPromptOptions } from "../chat-format.js";
import { type AnswerBegin, toolGrammar } from "../grammar/answer-grammar.js";
import { outputGrammar } from "../grammar/output-grammar.js";
import type { ChatMessage } from "../message.js";
import { findTraits, type TemplateTraits } from "../probe/find-traits.js";
import type { OutputFormat } from "../respond-options.js";
import { ChatTemplate } from "../template.js";
import type { ToolChoice, ToolDefinition } from "../tools/tool-definition.js";

/** Writes a conversation as a prompt. */
export interface PromptWork {
  readonly type: "prompt";
  /** Where nothing was found out about its template yet, it is a stranger's, and must run. */
  readonly format: ChatFormatOptions;
  readonly messages: readonly ChatMessage[];
  readonly options: ChatPromptOptions;
}

/** Makes the grammar that an answer is held to. */
export interface GrammarWork {
  readonly type: "grammar";
  /** What comes before, in an answer of a chat; nothing in a plain text. */
  readonly begin?: AnswerBegin | undefined;
  readonly output?: OutputFormat | undefined;
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
  readonly parallel: boolean;
}

/** Finds out what a template can do. */
export interface TraitsWork {
  readonly type: "traits";
  readonly template: string;
}

export type Work = PromptWork | GrammarWork | TraitsWork;

/** What each kind of work makes. */
export interface Made {
  readonly prompt: ChatPrompt;
  readonly grammar: GrammarOptions | undefined;
  /** Undefined for what is no Jinja. */
  readonly traits: TemplateTraits | undefined;
}

/** Formats that are used again and again, by their templates. */
const formats = new Map<string, ChatFormat>();
const MOST_FORMATS = 8;

/** Does it, on this thread. */
export function doWork<Some extends Work>(work: Some): Made[Some["type"]];
export function doWork(work: Work): Made[keyof Made] {
  switch (work.type) {
    case "prompt":
      return formatOf(work.format).prompt(work.messages, work.options);
    case "grammar":
      return grammarOf(work);
    case "traits":
      return traitsOf(work.template);
  }
}

function formatOf(options: ChatFormatOptions): ChatFormat {
  const { template = "", found, specialTokens } = options;
  if (found === undefined) {
    const format = new ChatFormat(options);
    format.requireTemplate();
    return format;
  }
  const key = JSON.stringify([template, specialTokens, found.dialect]);
  const known = formats.get(key) ?? new ChatFormat(options);
  formats.delete(key);
  formats.set(key, known);
  for (const oldest of formats.keys()) if (formats.size > MOST_FORMATS) formats.delete(oldest);
  return known;
}

function grammarOf({ begin, output, tools, toolChoice, parallel }: GrammarWork): GrammarOptions | undefined {
  if (output !== undefined) return outputGrammar(output, begin, { tools, parallel });
  return begin === undefined ? undefined : toolGrammar(begin, tools, toolChoice, parallel);
}

function traitsOf(template: string): TemplateTraits | undefined {
  try {
    return { ...findTraits(new ChatTemplate(template), []), problem: undefined };
  } catch {
    return undefined;
  }
}
