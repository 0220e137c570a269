/** The grammar of calls, in the form that a model writes them. */
import type { CallPart, CallSyntax } from "../answer/answer-syntax.js";
import { bareObject } from "../answer/call-trigger.js";
import { either, type GrammarWriter, quoted, spaceRule } from "../schema/gbnf.js";
import { bounded, SchemaGrammar } from "../schema/schema-grammar.js";
import { heldParameters, type ToolDefinition } from "../tools/tool-definition.js";
import { looseText } from "./loose-text.js";
import { taggedRule } from "./tagged-rule.js";

/** The arguments of a tool, as its schema wants them. */
export function argumentsRule(writer: GrammarWriter, syntax: CallSyntax["arguments"], tool: ToolDefinition): string {
  const grammar = new SchemaGrammar(heldParameters(tool), writer);
  return syntax.kind === "json" ? grammar.root() : taggedRule(grammar, syntax);
}

/**
 * All calls of an answer.
 *
 * @param parallel whether there may be several
 * @throws {MullamaError} `SCHEMA_UNSUPPORTED` naming the tool's schema
 */
export function callsRule(
  writer: GrammarWriter,
  syntax: CallSyntax,
  tools: readonly ToolDefinition[],
  parallel: boolean,
): string {
  const bare = bareObject(syntax);
  const parts = bare === undefined ? syntax.call : syntax.call.slice(1);
  const opening = bare === undefined ? "" : objectOpening(writer, bare.name);
  const calls = bounded(() =>
    tools.map((tool) => {
      const given = argumentsRule(writer, syntax.arguments, tool);
      return `${opening}${parts.map((part) => partRule(writer, part, tool.name, given)).join(" ")}`;
    }),
  );
  const call = writer.rule("call", calls.join(" | "));
  const { open, separator, close } = syntax;
  const more = parallel && separator !== undefined ? ` (${looseText(writer, separator)} ${call})*` : "";
  return `${looseText(writer, open)} ${call}${more} ${looseText(writer, close)}`;
}

/** How an object begins that nothing marks as a call: models write it with and without white space, and with its kind. */
function objectOpening(writer: GrammarWriter, key: string): string {
  return `"{" ${spaceRule(writer)} (${looseText(writer, '"type": "function", ')})? ${looseText(writer, `"${key}": "`)} `;
}

function partRule(writer: GrammarWriter, part: CallPart, name: string, given: string): string {
  if ("text" in part) return looseText(writer, part.text);
  switch (part.hole) {
    case "name":
      return quoted(name);
    case "arguments":
      return given;
    case "id":
      return "[a-zA-Z0-9]{9}";
    case "counter":
      return either(["[0-9]", "[1-9] [0-9]"]);
  }
}
