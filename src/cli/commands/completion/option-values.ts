import type { Command, Option } from "commander";
import { benchCacheTypes, benchFlashAttention } from "../bench/add-bench.js";

/** A line for the shell: a file may stand here. A pattern behind a tab says which. */
export const FILES = ":files";

/** Values that options take, and commander does not know, by command and option. */
const values: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  "run --format": async () => ["json", FILES],
  "bench --cache-type-k": async () => benchCacheTypes,
  "bench --cache-type-v": async () => benchCacheTypes,
  "bench --flash-attention": async () => benchFlashAttention,
  "create --quantize": async () => {
    const { quantizationTypes } = await import("../../../llama/quantize-types.js");
    return quantizationTypes();
  },
};

/** What the value of an option may be. */
export function optionValues(command: Command, { long, flags, argChoices }: Option): Promise<readonly string[]> {
  const known = values[`${command.name()} ${long}`];
  return known === undefined ? Promise.resolve(valuesOf(flags, argChoices)) : known();
}

/** What may stand where a word of this name is asked for. */
export function valuesOf(name: string, choices: readonly string[] | undefined): readonly string[] {
  if (choices !== undefined) return choices;
  return /file|path|folder|cert|key/.test(name) ? [FILES] : [];
}
