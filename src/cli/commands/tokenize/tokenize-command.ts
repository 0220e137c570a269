import { ArgumentError } from "../../../errors.js";
import { Model, type Vocab } from "../../../llama/index.js";
import { resolveModel } from "../../../models/index.js";
import { ProgressDisplay } from "../../progress-display.js";
import { readInput } from "../../read-input.js";
import { painterFor } from "../../terminal/color.js";
import { printable } from "../../terminal/printable.js";
import { withInterruption } from "../../with-interruption.js";
import { printJson, printLines } from "../command.js";
import type { TokenizeCommandOptions } from "./add-tokenize.js";

/** `mullama tokenize`: a text's tokens, or the text of tokens. @returns the exit status */
export function tokenizeCommand(
  name: string,
  words: readonly string[],
  options: TokenizeCommandOptions,
): Promise<number> {
  return withInterruption(async (signal) => {
    const text = await readInput(words, exampleFor(name, options), signal);
    const path = await find(name, options, signal);
    using model = await Model.loadAsync(path, { vocabOnly: true, signal });
    if (options.detokenize === true) detokenize(model.vocab, text, options);
    else tokenize(model.vocab, text, options);
  });
}

function exampleFor(name: string, options: TokenizeCommandOptions): string {
  return `mullama tokenize ${name} ${options.detokenize === true ? "--detokenize 1 2 3" : '"Hello, world"'}`;
}

async function find(name: string, options: TokenizeCommandOptions, signal: AbortSignal): Promise<string> {
  using display = new ProgressDisplay(process.stderr, name);
  const { path } = await resolveModel(name, { signal, offline: options.offline === true, onProgress: display.show });
  return path;
}

function tokenize(vocab: Vocab, text: string, options: TokenizeCommandOptions): void {
  const { special: addSpecial, parseSpecial = false } = options;
  const tokens = [...vocab.tokenize(text, { addSpecial, parseSpecial })];
  if (options.json === true) {
    if (options.count === true) printJson({ count: tokens.length });
    else printJson({ count: tokens.length, tokens: tokens.map((id) => ({ id, ...describe(vocab, id) })) });
  } else if (options.count === true) printLines([String(tokens.length)]);
  else if (options.ids === true) printLines([tokens.join(" ")]);
  else printLines(tokens.map((id) => tokenLine(vocab, id)));
}

/** A token's text; its bytes instead, where these are only a part of a character. */
function describe(vocab: Vocab, id: number): { readonly piece?: string; readonly bytes?: readonly number[] } {
  const bytes = vocab.piece(id, { renderSpecial: true });
  try {
    return { piece: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { bytes: [...bytes] };
  }
}

function tokenLine(vocab: Vocab, id: number): string {
  const paint = painterFor(process.stdout);
  const { piece, bytes = [] } = describe(vocab, id);
  const number = String(id).padStart(7);
  if (piece === undefined) {
    const hex = bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
    return `${number}  ${paint(["dim"], hex)}`;
  }
  const text = printable(JSON.stringify(piece));
  return `${number}  ${vocab.isControl(id) ? paint(["cyan"], text) : text}`;
}

function detokenize(vocab: Vocab, text: string, options: TokenizeCommandOptions): void {
  const tokens = text
    .split(/[\s,[\]]+/)
    .filter((word) => word !== "")
    .map((word) => {
      if (/^\d+$/.test(word)) return Number(word);
      throw new ArgumentError("token", `a number from 0 to ${vocab.size - 1}`, word);
    });
  const result = vocab.detokenize(tokens, { renderSpecial: options.special });
  if (options.json === true) printJson({ text: result });
  else printLines([result]);
}
