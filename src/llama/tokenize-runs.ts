/**
 * Long runs of characters without a space between, or of spaces.
 *
 * Most byte-level BPE tokenizers of llama.cpp split words with `std::regex`, which recurses once a character and ends the
 * process on some 40,000 of a kind in a row. For those, longer runs are cut; the tokens at a cut may differ from what the
 * whole run would give.
 */
const LONGEST_RUN = 8_000;
/** Longer than the name of a control token. */
const LONGEST_NAME = 64;

/** Pre-tokenizers that llama.cpp has written out in C++, without `std::regex` or without loops in it. */
const written = new Set([
  "llama3",
  "llama-v3",
  "llama-bpe",
  "gpt-2",
  "smollm",
  "starcoder",
  "refact",
  "command-r",
  "mpt",
  "qwen2",
  "deepseek-r1-qwen",
  "qwen35",
  "gemma4",
]);

export function recursesOnRuns(preTokenizer: string): boolean {
  return !written.has(preTokenizer);
}

/** Cuts a text so that no part has too long a run; usually there is one part. */
export function cutRuns(text: string): string[] {
  if (text.length <= LONGEST_RUN) return [text];
  const parts: string[] = [];
  let partStart = 0;
  let runStart = 0;
  let inSpace = false;
  for (let at = 0; at < text.length; at++) {
    const space = isSpace(text.charCodeAt(at));
    if (space !== inSpace) {
      inSpace = space;
      runStart = at;
    } else if (at - runStart >= LONGEST_RUN) {
      runStart = cutBefore(text, at);
      parts.push(text.slice(partStart, runStart));
      partStart = runStart;
    }
  }
  parts.push(text.slice(partStart));
  return parts;
}

/** A place at or before `at` where no character and, as far as can be seen, no control token's name is cut. */
function cutBefore(text: string, at: number): number {
  const name = text.lastIndexOf("<", at);
  if (name > at - LONGEST_NAME) return name;
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}

function isSpace(code: number): boolean {
  if (code < 0x80) return code === 0x20 || (code >= 9 && code <= 13);
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}
