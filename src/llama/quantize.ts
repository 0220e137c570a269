import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { ArgumentError, type LogLine, MullamaError } from "../errors.js";
import { type GgufHeader, validateModelFile } from "../gguf/index.js";
import { captureLog, captureLogAsync } from "../native/index.js";
import { checkFunction, checkOptions, checkText } from "./check.js";
import { api, callAsync } from "./library.js";
import type { MetadataOverrides } from "./metadata-overrides.js";
import { quantizeParams } from "./quantize-params.js";
import type { QuantizationType, TensorQuantization } from "./quantize-types.js";

/** How a model is quantized (`struct llama_model_quantize_params`). */
export interface QuantizeOptions {
  /** The model, or the first file of a split one. */
  readonly input: string;
  /** Where the result goes. A dry run needs none. With `keepSplit`, the prefix of its files. */
  readonly output?: string;
  readonly type: QuantizationType | Lowercase<QuantizationType>;
  /** Threads; 0, the default, is one for each processor. */
  readonly threads?: number;
  /** Type of the output tensor. Default: as `type` says. */
  readonly outputType?: TensorQuantization | Lowercase<TensorQuantization>;
  /** Type of the token embeddings. Default: as `type` says. */
  readonly embeddingType?: TensorQuantization | Lowercase<TensorQuantization>;
  /** Types by patterns, C++ regular expressions, of tensors' names. */
  readonly tensorTypes?: Readonly<Record<string, TensorQuantization | Lowercase<TensorQuantization>>>;
  /** Quantize what is quantized already. It loses more than quantizing the original. Default false. */
  readonly allowRequantize?: boolean;
  /** Default true. */
  readonly quantizeOutput?: boolean;
  /** Copy the tensors as they are. Default false. */
  readonly onlyCopy?: boolean;
  /** Give all tensors the same type. Default false. */
  readonly pure?: boolean;
  /** Write as many files as were read. Default false. */
  readonly keepSplit?: boolean;
  /** Only compute the sizes. Default false. */
  readonly dryRun?: boolean;
  /** Importance of each column, by tensor name. */
  readonly imatrix?: Readonly<Record<string, Float32Array>>;
  readonly metadata?: MetadataOverrides;
  /** Layers to leave out, from 0. */
  readonly pruneLayers?: readonly number[];
  /** Most bytes of rows in memory at once; 0, the default, is 8 GiB. */
  readonly maxBufferSize?: number;
  /** Called for every tensor. */
  readonly onProgress?: (progress: QuantizeProgress) => void;
}

export interface QuantizeProgress {
  readonly tensor: string;
  /** Tensors begun, this one included. */
  readonly done: number;
  readonly total: number;
}

/** Sizes of all tensors in MiB, as llama.cpp sums them up. */
export interface QuantizeResult {
  readonly originalMiB: number;
  readonly quantizedMiB: number;
}

const known: readonly (keyof QuantizeOptions)[] = [
  "input", "output", "type", "threads", "outputType", "embeddingType", "tensorTypes", "allowRequantize", "quantizeOutput", "onlyCopy",
  "pure", "keepSplit", "dryRun", "imatrix", "metadata", "pruneLayers", "maxBufferSize", "onProgress",
];

/**
 * Makes a model smaller by storing its numbers with fewer bits (`llama_model_quantize`). The result appears when it is
 * whole; a failure leaves nothing.
 *
 * @throws {MullamaError} `QUANTIZE_FAILED` with llama.cpp's words; `GGUF_INVALID`, `MODEL_NOT_FOUND` for the input
 * @example
 * quantize({ input: "model-f16.gguf", output: "model-q4.gguf", type: "Q4_K_M" });
 */
export function quantize(options: QuantizeOptions): QuantizeResult {
  const job = new QuantizeJob(options);
  using prepared = quantizeParams(options, job.header);
  try {
    const { result, log } = captureLog(api(), () => api().llama_model_quantize(job.input, job.temporary, prepared.params), job.hear);
    return job.finish(result, log);
  } finally {
    job.cleanUp();
  }
}

/** As {@link quantize}, on a pool thread: the event loop stays free. */
export async function quantizeAsync(options: QuantizeOptions): Promise<QuantizeResult> {
  const job = new QuantizeJob(options);
  using prepared = quantizeParams(options, job.header);
  try {
    const call = (): Promise<number> => callAsync(api().llama_model_quantize, job.input, job.temporary, prepared.params);
    const { result, log } = await captureLogAsync(api(), call, job.hear);
    return job.finish(result, log);
  } finally {
    job.cleanUp();
  }
}

/** `[   1/  20]  blk.0.attn_q.weight  - [ 64, 64, 1, 1], type = f32, …` */
const PROGRESS = /^\[\s*(\d+)\/\s*(\d+)\]\s+(\S+)/;
/** `model size  =  1.23 MiB (…)`, `quant size  =  0.45 MiB (…)` */
const SIZE = /(model|quant) size\s*=\s*([\d.]+) MiB/;

let jobs = 0;

/** Where one run reads and writes, and what it tells. */
class QuantizeJob {
  readonly input: string;
  readonly temporary: string;
  readonly header: GgufHeader;
  readonly #options: QuantizeOptions;
  readonly #output: string;
  #error: { readonly value: unknown } | undefined;

  constructor(options: QuantizeOptions) {
    checkOptions("options", options, known);
    if (options.onProgress !== undefined) checkFunction("options.onProgress", options.onProgress);
    this.#options = options;
    this.input = resolve(checkText("options.input", options.input));
    this.#output = this.#checkOutput();
    this.temporary = `${this.#output}.${process.pid}-${jobs++}.tmp`;
    this.header = validateModelFile(this.input);
  }

  readonly hear = ({ text }: LogLine): void => {
    const [, done, total, tensor] = PROGRESS.exec(text) ?? [];
    if (tensor === undefined) return;
    try {
      this.#options.onProgress?.({ tensor, done: Number(done), total: Number(total) });
    } catch (error) {
      this.#error ??= { value: error };
    }
  };

  finish(status: number, log: readonly LogLine[]): QuantizeResult {
    if (this.#error !== undefined) throw this.#error.value;
    if (status !== 0) throw new MullamaError("QUANTIZE_FAILED", `llama.cpp could not quantize ${this.input}.`, { log });
    if (this.#options.dryRun !== true) this.#publish();
    const sizes = new Map(log.flatMap(({ text }) => {
      const [, which, size] = SIZE.exec(text) ?? [];
      return which === undefined ? [] : [[which, Number(size)] as const];
    }));
    return { originalMiB: sizes.get("model") ?? NaN, quantizedMiB: sizes.get("quant") ?? NaN };
  }

  cleanUp(): void {
    for (const file of this.#temporaries()) rmSync(file, { force: true });
  }

  #checkOutput(): string {
    const { output, dryRun } = this.#options;
    if (output === undefined && dryRun === true) return join(dirname(this.input), "dry-run");
    const path = resolve(checkText("options.output", output));
    if (existsSync(path) && existsSync(this.input) && statSync(path).ino === statSync(this.input).ino) {
      throw new ArgumentError("options.output", "another file than the input", output);
    }
    if (!existsSync(dirname(path))) throw new ArgumentError("options.output", "in a folder that exists", output);
    return path;
  }

  #publish(): void {
    for (const file of this.#temporaries()) renameSync(file, file.replace(this.temporary, this.#output));
  }

  /** One file, or with `keepSplit` several whose names begin so. */
  #temporaries(): string[] {
    const folder = dirname(this.temporary);
    const prefix = basename(this.temporary);
    return readdirSync(folder).filter((name) => name.startsWith(prefix)).map((name) => join(folder, name));
  }
}

