import { Option } from "commander";
import { numbers, words } from "./lists.js";
import { wholeNumber } from "../../parse-number.js";
import { type AddCommand, examples } from "../command.js";

const MOST = 2 ** 31 - 1;
export const benchOutputs = ["md", "json", "jsonl", "csv"] as const;
export const benchCacheTypes = ["f32", "f16", "bf16", "q8_0", "q4_0", "q4_1", "iq4_nl", "q5_0", "q5_1"] as const;
export const benchFlashAttention = ["auto", "on", "off"] as const;

/** What is measured: every combination of the lists. */
export interface BenchOptions {
  readonly prompt: readonly number[];
  readonly gen: readonly number[];
  readonly depth: readonly number[];
  readonly batch: readonly number[];
  readonly ubatch: readonly number[];
  readonly threads?: readonly number[];
  readonly gpuLayers?: readonly number[];
  readonly cacheTypeK: readonly (typeof benchCacheTypes)[number][];
  readonly cacheTypeV: readonly (typeof benchCacheTypes)[number][];
  readonly flashAttention: readonly (typeof benchFlashAttention)[number][];
  readonly repetitions: number;
  readonly output: (typeof benchOutputs)[number];
  readonly offline?: true;
}

/** llama-bench says 1 and 0. */
function flashAttention(text: string): readonly (typeof benchFlashAttention)[number][] {
  return words(benchFlashAttention)(text.replaceAll(/\b1\b/g, "on").replaceAll(/\b0\b/g, "off"));
}

export const addBench: AddCommand = (program, finish) => {
  program
    .command("bench")
    .description("measure how fast models run here, as llama-bench does; options take lists, such as 1,2,4")
    .argument("<model...>", "GGUF files, or names of models")
    .option("-p, --prompt <tokens>", "lengths of prompts to read; 0 for none", numbers(0, MOST), [512])
    .option("-n, --gen <tokens>", "tokens to generate, one by one; 0 for none", numbers(0, MOST), [128])
    .option("-d, --depth <tokens>", "tokens that the context holds already", numbers(0, MOST), [0])
    .option("-b, --batch <tokens>", "most tokens of a batch", numbers(1, MOST), [2048])
    .option("-u, --ubatch <tokens>", "most tokens computed at once", numbers(1, MOST), [512])
    .option("-t, --threads <count>", "processor threads (default: the physical cores)", numbers(1, 512))
    .option("-g, --gpu-layers <count>", "layers on the GPU (default: all)", numbers(0, MOST))
    .option("--cache-type-k <type>", "types of keys in the cache", words(benchCacheTypes), ["f16"])
    .option("--cache-type-v <type>", "types of values in the cache", words(benchCacheTypes), ["f16"])
    .option("--flash-attention <when>", "auto, on, off; also 1 and 0", flashAttention, ["auto"])
    .option("-r, --repetitions <count>", "how often each is measured", wholeNumber(1, 1000), 5)
    .addOption(
      new Option("-o, --output <format>", "a table for people, or what programs read, with llama-bench's names")
        .choices(benchOutputs)
        .default("md"),
    )
    .option("--offline", "do not download anything")
    .addHelpText(
      "after",
      examples(
        "mullama bench smollm2:135m",
        "mullama bench smollm2:135m -p 0 -n 64 -t 1,2,4",
        "mullama bench -m model.gguf -ngl 0 -fa 1 -ub 256 -ctk q8_0 -ctv q8_0     # as llama-bench has it",
        "mullama bench a.gguf b.gguf -d 0,4096 -o jsonl > results.jsonl",
      ),
    )
    .action(async (models: string[], options: BenchOptions) => {
      const { benchCommand } = await import("./bench-command.js");
      finish(await benchCommand(models, options));
    });
};
