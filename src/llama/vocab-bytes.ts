/**
 * Which bytes a SentencePiece vocabulary has tokens for. C writes a character that has no token of its own byte by byte, and
 * ends the process when the vocabulary, as in a damaged file, lacks one.
 */
import { MullamaError } from "../errors.js";

interface ByteTokens {
  readonly missing: ReadonlySet<number>;
  /** Tokens of one character; only known where bytes are missing. */
  readonly characters: ReadonlySet<string>;
}

const encoder = new TextEncoder();

/** @param textOf a token as the model file spells it */
export function findByteTokens(size: number, textOf: (token: number) => string): ByteTokens {
  const names = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
  for (let first = 0; first + 256 <= Math.min(size, 1024); first++) {
    if (textOf(first) === names[0] && names.every((name, byte) => textOf(first + byte) === name))
      return { missing: new Set(), characters: new Set() };
  }
  const texts = new Set(Array.from({ length: size }, (_, token) => textOf(token)));
  const has = (byte: number): boolean =>
    texts.has(names[byte] ?? "") || (byte < 0x80 && texts.has(String.fromCharCode(byte)));
  return {
    missing: new Set([...names.keys()].filter((byte) => !has(byte))),
    characters: new Set([...texts].filter((text) => Array.from(text).length === 1)),
  };
}

/** @throws {MullamaError} `TOKENIZE_FAILED` where C would end the process */
export function checkExpressible(text: string, bytes: ByteTokens): void {
  if (bytes.missing.size === 0) return;
  for (const character of new Set(` ${text}`.replaceAll(" ", "\u2581"))) {
    if (bytes.characters.has(character) || !encoder.encode(character).some((byte) => bytes.missing.has(byte))) continue;
    throw new MullamaError(
      "TOKENIZE_FAILED",
      `The vocabulary has no token for ${JSON.stringify(character)}, nor for its bytes.`,
    );
  }
}
