/** Quantizing a model file (`llama_model_quantize`). */
import { resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type LogLine, MullamaError } from "../errors.js";
import { checkModelMetadata, type GgufHeader, splitCount, validateModelFile } from "../gguf/index.js";
import { captureLog, captureLogAsync } from "../native/index.js";
import { checkFunction, checkOptions, checkText } from "./check.js";
import { api, callAsync } from "./library.js";
import { applyOverrides } from "./metadata-overrides.js";
import { QuantizeFiles } from "./quantize-files.js";
import type { QuantizeOptions, QuantizeResult } from "./quantize-options.js";
import { quantizeParams, type QuantizeParams } from "./quantize-params.js";
import { type QuantizedTensor, readPlan } from "./quantize-plan.js";
import { checkPruned, checkSplits } from "./quantize-prune.js";
import { scanWeights } from "./quantize-weights.js";

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
  for (const _piece of run.scan());
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
  const { promise, settle: done } = makePromise();
  last = promise;
  await turn;
  try {
    using run = new Quantization(options);
    if (options.dryRun === true) return run.result();
    for (const _piece of run.scan()) await setImmediate();
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

function makePromise(): { promise: Promise<void>; settle: () => void } {
  let settle = (): void => undefined;
  const promise = new Promise<void>((resolved) => (settle = resolved));
  return { promise, settle };
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

  /** Looks at the weights, a piece at a time. */
  scan(): Generator<void> {
    return scanWeights(this.#input, this.#header, this.#tensors, this.#options.pruneLayers);
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
