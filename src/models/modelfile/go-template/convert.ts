import { cutAtResponse, fieldNames } from "./cut.js";
import { parseGoTemplate } from "./parse.js";
import { lastTurn, messagesPrelude, turnsPrelude } from "./prelude.js";
import { type GoTemplate, type Node, Refusal } from "./syntax.js";
import { Translator } from "./translate.js";
import { chat, thinking, turn } from "./types.js";

/**
 * Says a chat template of Ollama, which is in Go's template language, in Jinja.
 *
 * Templates of `.Messages` are given the whole conversation; those of `.System`, `.Prompt` and `.Response` are written once
 * for each turn, and the last one as far as the answer. What cannot be kept exactly is refused.
 *
 * @throws {MullamaError} `TEMPLATE_UNSUPPORTED` naming what cannot be said in Jinja, and where it is
 *
 * @example
 * const { template } = convertGoTemplate("{{ .System }} USER: {{ .Prompt }} ASSISTANT: {{ .Response }}");
 */
export function convertGoTemplate(source: string): { readonly template: string } {
  try {
    const parsed = parseGoTemplate(source);
    const names = fieldNames(parsed);
    const ofMessages = names.has("messages") || names.has("document");
    return { template: ofMessages ? convertChat(parsed) : convertTurns(parsed, names.has("response")) };
  } catch (error) {
    throw error instanceof Refusal ? error.told(source) : error;
  }
}

function convertChat(parsed: GoTemplate): string {
  return messagesPrelude + new Translator(parsed).translate(parsed.nodes, { ...chat, ...thinking });
}

function convertTurns(parsed: GoTemplate, hasResponse: boolean): string {
  const nodes = hasResponse ? parsed.nodes : [...parsed.nodes, response];
  const data = { ...turn, ...thinking };
  const each = new Translator(parsed).translate(nodes, data);
  const last = new Translator(parsed).translate(cutAtResponse(nodes).nodes, data);
  return `${turnsPrelude}{% for turn in v.turns %}${each}{% endfor %}${lastTurn}${last}`;
}

/** What Ollama adds to a template that says nothing of the answer. */
const response: Node = {
  kind: "action",
  at: 0,
  pipeline: { variables: [], declares: false, at: 0, commands: [[{ kind: "field", path: ["Response"], at: 0 }]] },
};
