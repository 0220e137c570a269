/** The grammar of calls, in the form that a model writes them. */
import type { CallPart, CallSyntax } from "../answer/answer-syntax.js";
import { either, type GrammarWriter, quoted } from "../schema/gbnf.js";
import { SchemaGrammar } from "../schema/schema-grammar.js";
import { parametersOf, type ToolDefinition } from "../tools/tool-definition.js";
import { taggedRule } from "./tagged-rule.js";

/** The arguments of a tool, as its schema wants them. */
export function argumentsRule(writer: GrammarWriter, syntax: CallSyntax["arguments"], tool: ToolDefinition): string {
  const grammar = new SchemaGrammar(parametersOf(tool), writer);
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
  const calls = tools.map((tool) => {
    const given = argumentsRule(writer, syntax.arguments, tool);
    return syntax.call.map((part) => partRule(part, tool.name, given)).join(" ");
  });
  const call = writer.rule("call", calls.join(" | "));
  const more = parallel && syntax.separator !== undefined ? ` (${quoted(syntax.separator)} ${call})*` : "";
  return `${quoted(syntax.open)} ${call}${more} ${quoted(syntax.close)}`;
}

function partRule(part: CallPart, name: string, given: string): string {
  if ("text" in part) return quoted(part.text);
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
