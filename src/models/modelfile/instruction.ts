/** A Modelfile's lines as instructions with their values. */
import { closest } from "../suggest.js";
import { invalid } from "./modelfile.js";
import { readValue } from "./quotes.js";

export const instructionNames = [
  "FROM",
  "PARAMETER",
  "TEMPLATE",
  "SYSTEM",
  "ADAPTER",
  "MESSAGE",
  "LICENSE",
  "DRAFT",
  "RENDERER",
  "PARSER",
  "REQUIRES",
] as const;
export type InstructionName = (typeof instructionNames)[number];

export interface Instruction {
  readonly name: InstructionName;
  /** What a parameter is called, or who says a message; for all others empty. */
  readonly subject: string;
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
}

/** @throws {MullamaError} `MODELFILE_INVALID` */
export function* readInstructions(text: string): Generator<Instruction> {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  for (let at = 0; at < lines.length;) {
    const content = (lines[at] ?? "").trimStart();
    if (content === "" || content.startsWith("#")) {
      at++;
      continue;
    }
    const line = at + 1;
    const [word = ""] = /^\S+/.exec(content) ?? [];
    const name = instructionOf(word, line);
    const { subject, first } = head(name, content.slice(word.length).trimStart(), line);
    const value = readValue(first, lines, at);
    if (value === undefined)
      throw invalid(line, name, "its quotes are never closed", "They close at the end of a line, as they opened.");
    if (value.text === "" && first === "")
      throw invalid(line, name, "it has no value", 'Write one behind it; "" is an empty text.');
    yield { name, subject, value: value.text, line };
    at = value.next;
  }
}

function instructionOf(word: string, line: number): InstructionName {
  const found = instructionNames.find((name) => name === word.toUpperCase());
  if (found !== undefined) return found;
  const near = closest(word.slice(0, 40), instructionNames);
  const shown = JSON.stringify(word.length > 40 ? `${word.slice(0, 37)}...` : word);
  throw invalid(
    line,
    "",
    `${shown} is no instruction`,
    near === undefined
      ? `Known are ${instructionNames.join(", ")}; comments begin with #, and texts of several lines with """.`
      : `Did you mean ${near}?`,
  );
}

function head(name: InstructionName, rest: string, line: number): { subject: string; first: string } {
  if (name !== "PARAMETER" && name !== "MESSAGE") return { subject: "", first: rest };
  const [subject = ""] = /^\w+(?=\s|$)/.exec(rest) ?? [];
  if (subject === "") {
    const wanted = name === "PARAMETER" ? "a parameter's name and its value" : "system, user or assistant, and a text";
    throw invalid(line, name, `it wants ${wanted}`);
  }
  return { subject: subject.toLowerCase(), first: rest.slice(subject.length).trimStart() };
}
