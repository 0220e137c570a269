import { isUtf8 } from "node:buffer";

const LONE_SURROGATE = /[\uDC80-\uDCFF]/u;

/**
 * Decodes UTF-8. A byte that is not part of valid UTF-8 becomes a lone surrogate, U+DC00 plus the byte, as Python's
 * `surrogateescape` does it; vocabularies have such bytes, and {@link encodeText} gives them back.
 */
export function decodeText(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString("utf8", start, end);
  return text.includes("\uFFFD") ? decodeBytewise(bytes.subarray(start, end)) : text;
}

/** Encodes text as UTF-8, the inverse of {@link decodeText}. */
export function encodeText(text: string): Buffer {
  if (!LONE_SURROGATE.test(text)) return Buffer.from(text);
  const parts = Array.from(text, (character) => {
    const point = character.codePointAt(0) ?? 0;
    return point >= 0xdc80 && point <= 0xdcff ? Buffer.of(point - 0xdc00) : Buffer.from(character);
  });
  return Buffer.concat(parts);
}

function decodeBytewise(bytes: Buffer): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.byteLength;) {
    const length = [1, 2, 3, 4].find(
      (count) => at + count <= bytes.byteLength && isUtf8(bytes.subarray(at, at + count)),
    );
    parts.push(
      length === undefined ? String.fromCharCode(0xdc00 + (bytes[at] ?? 0)) : bytes.toString("utf8", at, at + length),
    );
    at += length ?? 1;
  }
  return parts.join("");
}
