import type { MetadataOverrides } from "./metadata-overrides.js";
import type { QuantizedTensor } from "./quantize-plan.js";
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
  /** Importance of each column, 0 to 1e12, by the tensors' names in the input. */
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
