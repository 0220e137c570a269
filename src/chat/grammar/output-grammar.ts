/** Grammars of outputs: what an answer is held to. */
import { ArgumentError, MullamaError } from "../../errors.js";
import type { GrammarOptions } from "../../engine/sampling/sampling-options.js";
import type { OutputFormat } from "../respond-options.js";
import { isEmpty } from "../schema/automaton/dfa.js";
import { PatternError, regexToDfa } from "../schema/automaton/regex.js";
import { inTime, TooComplexError } from "../patience.js";
import { GrammarWriter, plainSpelling, quoted } from "../schema/gbnf.js";
import { isSchema } from "../schema/json-schema.js";
import { SchemaGrammar } from "../schema/schema-grammar.js";
import { type AnswerBegin, type OfferedTools, ruleGrammar } from "./answer-grammar.js";
import { distinctChoices } from "./choices.js";

/**
 * @param begin what comes before, in an answer of a chat; nothing in a plain text
 * @param offered tools that may be called instead; a grammar of the caller's own leaves no room for them
 * @throws {ArgumentError} for what is no format; {MullamaError} `SCHEMA_UNSUPPORTED`
 */
export function outputGrammar(output: OutputFormat, begin?: AnswerBegin, offered?: OfferedTools): GrammarOptions {
  if ("grammar" in output) return typeof output.grammar === "string" ? { text: output.grammar } : output.grammar;
  const writer = new GrammarWriter();
  const rule = outputRule(output, writer);
  return begin === undefined ? { text: writer.toString(rule) } : ruleGrammar(begin, writer, rule, offered);
}

function outputRule(output: Exclude<OutputFormat, { grammar: unknown }>, writer: GrammarWriter): string {
  if ("schema" in output) {
    if (!isSchema(output.schema)) throw new ArgumentError("output.schema", "a JSON Schema", output.schema);
    return new SchemaGrammar(output.schema, writer).root();
  }
  if ("regex" in output) return regexRule(output.regex, writer);
  if ("choice" in output) return `(${distinctChoices("output.choice", output.choice).map(quoted).join(" | ")})`;
  throw new ArgumentError("output", "one of { schema }, { regex }, { choice } and { grammar }", output);
}

function regexRule(regex: RegExp | string, writer: GrammarWriter): string {
  const { source, flags } = typeof regex === "string" ? { source: regex, flags: "" } : regex;
  if (/[imsy]/.test(flags))
    throw new ArgumentError("output.regex", "an expression without the flags i, m, s and y", regex);
  try {
    const dfa = inTime(() => regexToDfa(`^(?:${source})$`));
    if (isEmpty(dfa)) throw new ArgumentError("output.regex", "an expression that matches something", source);
    return writer.automaton(dfa, plainSpelling, "text");
  } catch (error) {
    if (error instanceof PatternError)
      throw new MullamaError("SCHEMA_UNSUPPORTED", `The expression ${source} ${error.message}.`, { cause: error });
    if (error instanceof TooComplexError)
      throw new MullamaError("SCHEMA_UNSUPPORTED", `The expression ${source} is too large for a grammar.`, {
        cause: error,
      });
    throw error;
  }
}
