/** How fast text becomes tokens, against the same calls in C. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sourceFolder } from "../scripts/bindgen/source.js";
import { Model } from "../src/llama/index.js";
import { type Baseline, runLoop } from "./baseline.js";
import type { Section } from "./report.js";

const repetitions = 9;

export function measureTokenize(baseline: Baseline, path: string): Section {
  using model = Model.load(path, { vocabOnly: true });
  // English and C, fixed by the pin.
  const file = join(sourceFolder(), "include", "llama.h");
  const bytes = readFileSync(file);
  const rows = [bytes.length, 4096].map((piece) => {
    // The pieces must be the same bytes in both languages; the file is ASCII but for a few characters.
    const pieces = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, i) =>
      bytes.toString("latin1", i * piece, (i + 1) * piece).replaceAll(/[^\0-\x7f]/g, "?"),
    );
    const ours = Array.from({ length: repetitions }, () => {
      const start = performance.now();
      for (const text of pieces) model.vocab.tokenize(text, { addSpecial: false });
      return (performance.now() - start) / 1000;
    });
    const inC = runLoop(baseline, path, repetitions, ["tokenize", file, String(piece)]).map((ns) => ns / 1e9);
    const rate = (seconds: readonly number[]): number => bytes.length / 1e6 / Math.min(...seconds);
    return [`${piece} bytes a call`, rate(inC), rate(ours), rate(ours) / rate(inC)];
  });
  return {
    title: "Tokenizing",
    note: `Megabytes per second of llama.h (English and C), the best of ${repetitions} rounds.`,
    columns: ["text", "C", "mullama", "ratio"],
    rows,
  };
}
