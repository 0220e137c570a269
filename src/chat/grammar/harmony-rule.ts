/** The grammar of gpt-oss's messages in channels. */
import { plainSpelling, type GrammarWriter, quoted } from "../schema/gbnf.js";
import type { ToolDefinition } from "../tools/tool-definition.js";
import type { CallTrigger } from "../answer/call-trigger.js";
import { argumentsRule } from "./call-rule.js";
import { withoutText } from "./tagged-rule.js";

/** A call behind this belongs to a tool. */
export const harmonyTrigger: CallTrigger = { anywhere: { lead: "", call: "to=functions\\.", marks: [] } };

/** One call: there is one in each message. @param inside whether the message's header has begun already */
export function harmonyCallsRule(writer: GrammarWriter, tools: readonly ToolDefinition[], inside: boolean): string {
  const header = writer.rule(
    "header",
    `(${quoted(" <|constrain|>json")} | ${quoted("<|channel|>commentary")} (${quoted(" json")} | ${quoted(" <|constrain|>json")}))? ${quoted("<|message|>")}`,
  );
  const calls = tools.map((tool) => {
    const given = argumentsRule(writer, { kind: "json" }, tool);
    return `${quoted(`to=functions.${tool.name}`)} ${header} ${given}`;
  });
  const call = writer.rule("call", calls.join(" | "));
  return inside ? call : `${quoted("<|channel|>commentary ")} ${call}`;
}

/** What may be thought before. */
export function harmonyThought(writer: GrammarWriter): string {
  const text = writer.automaton(withoutText("<|end|>"), plainSpelling, "thought");
  return `(${quoted("<|channel|>analysis<|message|>")} ${text} ${quoted("<|end|><|start|>assistant")})? `;
}
