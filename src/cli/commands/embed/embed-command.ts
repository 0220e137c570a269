import { definedOf } from "../../../engine/defined-of.js";
import { ArgumentError } from "../../../errors.js";
import type { EmbedOptions, LoadedModel } from "../../../mullama.js";
import { loadModel } from "../../load-options.js";
import { readTexts } from "../../read-input.js";
import { withInterruption } from "../../with-interruption.js";
import { printJson, printLines } from "../command.js";
import type { EmbedCommandOptions } from "./add-embed.js";
import { similarities, similarityLines } from "./similarity.js";

/** Texts that are given to the model at a time, so that vectors come out while others are computed. */
const AT_A_TIME = 64;

/** `mullama embed`: vectors of texts. @returns the exit status */
export function embedCommand(name: string, words: readonly string[], options: EmbedCommandOptions): Promise<number> {
  return withInterruption(async (signal) => {
    const texts = await readTexts(words, `mullama embed ${name} "a text" "another"`, signal);
    if (texts.length === 0) throw new ArgumentError("TEXT", "at least one text that is not empty", texts);
    if (options.compare === true && texts.length < 2)
      throw new ArgumentError("--compare", "given two texts or more", texts);
    await using model = await loadModel(name, options, { signal });
    await write(model, texts, options, signal);
  });
}

async function write(
  model: LoadedModel,
  texts: readonly string[],
  options: EmbedCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  const asOne = options.compare === true || options.json === true || options.format === "json";
  const all: Float32Array[] = [];
  let tokens = 0;
  for (let at = 0; at < texts.length; at += AT_A_TIME) {
    const counted = await model.embedCounted(texts.slice(at, at + AT_A_TIME), requestOf(options, signal));
    tokens += counted.tokens;
    if (asOne) all.push(...counted.embeddings);
    else printLines(counted.embeddings.map((vector) => vectorLine(vector, options.format)));
  }
  if (!asOne) return;
  if (options.compare !== true) {
    const embeddings = all.map(numbersOf);
    printJson({ model: model.name, dimensions: embeddings[0]?.length ?? 0, tokens, embeddings });
  } else if (options.json === true) printJson({ model: model.name, texts, similarities: similarities(all) });
  else printLines(similarityLines(texts, all, process.stdout.columns));
}

function requestOf(
  { pooling, dimensions, normalize, truncate }: EmbedCommandOptions,
  signal: AbortSignal,
): EmbedOptions {
  return { signal, normalize, ...definedOf({ pooling, dimensions, truncate }) };
}

function vectorLine(vector: Float32Array, format: EmbedCommandOptions["format"]): string {
  if (format !== "base64") return JSON.stringify(numbersOf(vector));
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
}

/** As short as a 32-bit float can be written without loss. */
function numbersOf(vector: Float32Array): number[] {
  return Array.from(vector, (value) => Number(value.toPrecision(9)));
}
