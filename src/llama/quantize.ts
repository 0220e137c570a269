/** Quantizing a model file (`llama_model_quantize`). */
import { resolve } from "node:path";
import { type LogLine, MullamaError } from "../errors.js";
import { checkModelMetadata, type GgufHeader, splitCount, validateModelFile } from "../gguf/index.js";
import { captureLog, captureLogAsync } from "../native/index.js";
import { checkFunction, checkOptions, checkText } from "./check.js";
import { api, callAsync } from "./library.js";
import { applyOverrides, type MetadataOverrides } from "./metadata-overrides.js";
import { QuantizeFiles } from "./quantize-files.js";
import { quantizeParams, type QuantizeParams } from "./quantize-params.js";
import { type QuantizedTensor, readPlan } from "./quantize-plan.js";
import { checkPruned, checkSplits } from "./quantize-prune.js";
import type { QuantizationType, TensorQuantization } from "./quantize-types.js";

/** How a model is quantized (`struct llama_model_quantize_params`). */
export interface QuantizeOptions {
  /** The model, or the first file of a split one. */
  readonly input: string;
  /** Where the result goes; a dry run needs none. With `keepSplit`, what its files' names begin with. */
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
  /** Only tell what would be done. Default false. */
  readonly dryRun?: boolean;
  /** Importance of each column, 0 or more, by the tensors' names in the input. */
  readonly imatrix?: Readonly<Record<string, Float32Array>>;
  /** Metadata that take the place of the input's; whole numbers from 0 to 2^32 - 1. */
  readonly metadata?: MetadataOverrides;
  /** Layers to leave out, from 0. */
  readonly pruneLayers?: readonly number[];
  /** Most bytes of rows in memory at once; 0, the default, is 8 GiB. */
  readonly maxBufferSize?: number;
  /** Called for every tensor, when it is begun. */
  readonly onProgress?: (progress: QuantizeProgress) => void;
}

export interface QuantizeProgress {
  readonly tensor: string;
  /** Tensors begun, this one included. */
  readonly done: number;
  readonly total: number;
}

/** What was done, or in a dry run would be. */
export interface QuantizeResult {
  /** The files that were written; none in a dry run. */
  readonly files: readonly string[];
  readonly tensors: readonly QuantizedTensor[];
  /** Bytes of all tensors before. */
  readonly inputBytes: number;
  /** Bytes of all tensors after. */
  readonly outputBytes: number;
}

const known: readonly (keyof QuantizeOptions)[] = [
  "input",
  "output",
  "type",
  "threads",
  "outputType",
  "embeddingType",
  "tensorTypes",
  "allowRequantize",
  "quantizeOutput",
  "onlyCopy",
  "pure",
  "keepSplit",
  "dryRun",
  "imatrix",
  "metadata",
  "pruneLayers",
  "maxBufferSize",
  "onProgress",
];

/**
 * Makes a model smaller by storing its numbers with fewer bits (`llama_model_quantize`). The result appears when it is
 * whole; a failure leaves nothing. It cannot be stopped.
 *
 * @throws {MullamaError} `QUANTIZE_FAILED`, with llama.cpp's words where it has any; `GGUF_INVALID`, `MODEL_NOT_FOUND` for the input
 * @example
 * quantize({ input: "model-f16.gguf", output: "model-q4.gguf", type: "Q4_K_M" });
 */
export function quantize(options: QuantizeOptions): QuantizeResult {
  using run = new Quantization(options);
  if (options.dryRun === true) return run.result();
  const before = active;
  active = run;
  try {
    return run.finish(captureLog(api(), () => api().llama_model_quantize(...run.call), run.hear));
  } finally {
    active = before;
  }
}

/** As {@link quantize}, on a pool thread: the event loop stays free. Several run one after the other. */
export async function quantizeAsync(options: QuantizeOptions): Promise<QuantizeResult> {
  const turn = last;
  const { promise, resolve: done } = makePromise();
  last = promise;
  await turn;
  try {
    using run = new Quantization(options);
    if (options.dryRun === true) return run.result();
    active = run;
    const call = (): Promise<number> => callAsync(api().llama_model_quantize, ...run.call);
    return run.finish(await captureLogAsync(api(), call, run.hear));
  } finally {
    active = undefined;
    done();
  }
}

/** Whose log lines are heard: all are told those of all. */
let active: Quantization | undefined;
/** Ends with the last asynchronous run so far. */
let last: Promise<void> = Promise.resolve();

function makePromise(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

/** `[   1/  20] blk.0.attn_q.weight  - [ 64, 64, 1, 1], type = f32, …` */
const PROGRESS = /^\[\s*(\d+)\/\s*(\d+)\] (.+?)\s+- \[/;

interface Outcome {
  readonly result: number;
  readonly log: readonly LogLine[];
}

type Call = [input: string, output: string, params: QuantizeParams["params"]];

/** One run: first dry and at once, to see what C would do and whether it can, and then for real. */
class Quantization implements Disposable {
  readonly #options: QuantizeOptions;
  readonly #input: string;
  readonly #header: GgufHeader;
  readonly #params: QuantizeParams;
  readonly #files: QuantizeFiles | undefined;
  readonly #tensors: readonly QuantizedTensor[];
  #error: { readonly value: unknown } | undefined;

  constructor(options: QuantizeOptions) {
    checkOptions("options", options, known);
    if (options.onProgress !== undefined) checkFunction("options.onProgress", options.onProgress);
    this.#options = options;
    this.#input = resolve(checkText("options.input", options.input));
    this.#header = checkInput(this.#input, options);
    const splits = options.keepSplit === true ? splitCount(this.#header) : undefined;
    this.#files = options.dryRun === true ? undefined : new QuantizeFiles(options, splits);
    this.#params = quantizeParams(options, this.#header);
    try {
      this.#tensors = this.#plan();
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** What to call C with. */
  get call(): Call {
    return [this.#input, this.#files?.target ?? "", this.#params.params];
  }

  readonly hear = ({ text }: LogLine): void => {
    const [, done, total, tensor] = PROGRESS.exec(text) ?? [];
    if (tensor === undefined || active !== this || this.#error !== undefined) return;
    try {
      this.#options.onProgress?.({ tensor, done: Number(done), total: Number(total) });
    } catch (error) {
      this.#error = { value: error };
    }
  };

  finish(outcome: Outcome): QuantizeResult {
    if (this.#error !== undefined) throw this.#error.value;
    this.#check(outcome);
    return this.result(this.#files?.publish());
  }

  result(files: readonly string[] = []): QuantizeResult {
    const sum = (sizes: Iterable<{ readonly byteLength: number }>): number => {
      return Array.from(sizes).reduce((bytes, { byteLength }) => bytes + byteLength, 0);
    };
    return {
      files,
      tensors: this.#tensors,
      inputBytes: sum(this.#header.tensors.values()),
      outputBytes: sum(this.#tensors),
    };
  }

  [Symbol.dispose](): void {
    this.#params[Symbol.dispose]();
    this.#files?.remove();
  }

  #plan(): readonly QuantizedTensor[] {
    const [input, output, params] = this.call;
    const outcome = captureLog(api(), () => api().llama_model_quantize(input, output, { ...params, dry_run: true }));
    this.#check(outcome);
    return readPlan(outcome.log, this.#header, this.#options);
  }

  #check({ result, log }: Outcome): void {
    if (result !== 0)
      throw new MullamaError("QUANTIZE_FAILED", `llama.cpp could not quantize ${this.#input}.`, { log });
  }
}

/** What C reads, and what it will write, must pass the checks of a model. */
function checkInput(path: string, { metadata, keepSplit, pruneLayers }: QuantizeOptions): GgufHeader {
  const header = validateModelFile(path);
  if (metadata !== undefined) checkModelMetadata(applyOverrides(header, metadata));
  if (header.alignment !== 32) {
    throw new MullamaError(
      "UNSUPPORTED",
      `llama.cpp cannot quantize models with an alignment of ${header.alignment} bytes.`,
      {
        hint: "Write the model with general.alignment 32 first.",
      },
    );
  }
  const pruned = checkPruned(header, pruneLayers ?? []);
  if (keepSplit === true) checkSplits(path, header, pruned);
  return header;
}
