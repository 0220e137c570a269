/** The calls that turn text into tokens and back, with buffers that are used again. */
import { ArgumentError, MullamaError } from "../errors.js";
import type { Pointer } from "../native/index.js";
import { api } from "./library.js";

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;
const KEPT = 65_536;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
let keptTokens: Int32Array | undefined;
let keptBytes: Uint8Array | undefined;

/** `llama_tokenize`: once where the guess was large enough, which it is unless the tokenizer makes text longer. */
export function tokenizeText(
  vocab: Pointer<"llama_vocab">,
  text: string,
  addSpecial: boolean,
  parseSpecial: boolean,
): Int32Array {
  const bytes = encoder.encode(text);
  if (bytes.length > INT32_MAX - 64) throw new ArgumentError("text", `at most ${INT32_MAX - 64} bytes of UTF-8`, bytes);
  const tokenize = (into: Int32Array): number =>
    api().llama_tokenize(vocab, bytes, bytes.length, into, into.length, addSpecial, parseSpecial);
  let tokens = tokenBuffer(bytes.length + 16);
  let count = tokenize(tokens);
  if (count < 0 && count !== INT32_MIN) {
    tokens = new Int32Array(-count);
    count = tokenize(tokens);
  }
  if (count < 0)
    throw new MullamaError("TOKENIZE_FAILED", "This text has more tokens than an array in C can hold.", {
      hint: "Tokenize it in parts.",
    });
  const result = tokens.slice(0, count);
  if (result.includes(-1))
    throw new MullamaError(
      "TOKENIZE_FAILED",
      "The vocabulary has no token for a part of this text, nor one for the unknown.",
    );
  return result;
}

/** Puts the tokens of a text's parts together, with those that belong at its start and end. */
export function joinTokens(parts: readonly Int32Array[], special?: Int32Array, startsWithBos = false): Int32Array {
  const start = special?.subarray(0, startsWithBos ? 1 : 0) ?? new Int32Array(0);
  const all = [start, ...parts, special?.subarray(start.length) ?? new Int32Array(0)];
  const joined = new Int32Array(all.reduce((length, tokens) => length + tokens.length, 0));
  let at = 0;
  for (const tokens of all) {
    joined.set(tokens, at);
    at += tokens.length;
  }
  return joined;
}

/** `llama_detokenize`, as bytes: they may begin or end inside a character. Valid until the next call. */
export function detokenizeBytes(
  vocab: Pointer<"llama_vocab">,
  tokens: Int32Array,
  removeSpecial: boolean,
  renderSpecial: boolean,
): Uint8Array {
  const detokenize = (into: Uint8Array): number =>
    api().llama_detokenize(vocab, tokens, tokens.length, into, into.length, removeSpecial, renderSpecial);
  let bytes = byteBuffer(tokens.length * 8);
  let count = detokenize(bytes);
  if (count < 0) {
    bytes = new Uint8Array(-count);
    count = detokenize(bytes);
  }
  return bytes.subarray(0, count);
}

/** `llama_token_to_piece`. Valid until the next call. */
export function tokenPiece(
  vocab: Pointer<"llama_vocab">,
  token: number,
  leftStrip: number,
  renderSpecial: boolean,
): Uint8Array {
  const write = (into: Uint8Array): number =>
    api().llama_token_to_piece(vocab, token, into, into.length, leftStrip, renderSpecial);
  let bytes = byteBuffer(0);
  let count = write(bytes);
  if (count < 0) {
    bytes = new Uint8Array(-count);
    count = write(bytes);
  }
  return bytes.subarray(0, count);
}

/** The bytes of the longest token's text, control tokens included. */
export function longestPiece(vocab: Pointer<"llama_vocab">, size: number): number {
  const { llama_token_to_piece } = api();
  let longest = 0;
  for (let token = 0; token < size; token++)
    longest = Math.max(longest, Math.abs(llama_token_to_piece(vocab, token, null, 0, 0, true)));
  return longest;
}

export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

function tokenBuffer(length: number): Int32Array {
  return length > KEPT ? new Int32Array(length) : (keptTokens ??= new Int32Array(KEPT));
}

function byteBuffer(length: number): Uint8Array {
  return length > KEPT ? new Uint8Array(length) : (keptBytes ??= new Uint8Array(KEPT));
}
