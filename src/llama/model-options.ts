import { ArgumentError } from "../errors.js";
import { ggml_backend_dev_type, type llama_model_params, type Pointer } from "../native/index.js";
import {
  checkArray,
  checkBoolean,
  checkFunction,
  checkInteger,
  checkNumber,
  checkOneOf,
  checkOptions,
} from "./check.js";
import { api } from "./library.js";
import { bufferTypeByName, deviceByName } from "./device-lookup.js";
import { type LazyMode, lazyModes, type LoadMode, loadModes, type SplitMode, splitModes } from "./model-enums.js";
import { type MetadataOverrides, writeOverrides } from "./metadata-overrides.js";
import { ModelBelongings } from "./model-belongings.js";

/** How a model is loaded (`struct llama_model_params`). */
export interface ModelOptions {
  /** Names of the devices to put it on, for instance `CUDA0`. Default: all that are there. `[]` is the CPU alone. */
  readonly devices?: readonly string[];
  /** Tensors whose names match `pattern`, a C++ regular expression, go to a device's buffers, by its buffer type's name, for instance `CPU`. */
  readonly tensorPlacement?: readonly { readonly pattern: string; readonly bufferType: string }[];
  /** Layers to put on GPUs; `-1`, the default, is all of them. */
  readonly gpuLayers?: number;
  /** Default `layer`. */
  readonly splitMode?: SplitMode;
  /** Default `auto`. */
  readonly loadMode?: LoadMode;
  /** Default `auto`. */
  readonly lazyMode?: LazyMode;
  /** The GPU that is used with `splitMode: "none"`. Default 0. */
  readonly mainGpu?: number;
  /** The share of each device, in any unit. Default: as their memory. */
  readonly tensorSplit?: readonly number[];
  /** Called with 0 to 1 while loading; return false to stop. */
  readonly onProgress?: (progress: number) => boolean | void;
  /** Stops the loading. */
  readonly signal?: AbortSignal;
  /** Metadata that take the place of the file's. */
  readonly metadata?: MetadataOverrides;
  /** Load the vocabulary alone. Default false. */
  readonly vocabOnly?: boolean;
  /** Look for wrong numbers in the tensors. Default false. */
  readonly checkTensors?: boolean;
  /** Repack weights for this processor. Default true. */
  readonly extraBuffers?: boolean;
  /** Do not use pinned host memory. Default false. */
  readonly noHost?: boolean;
  /** Do everything but allocate, to see what a model would need; `loadMode` is `read` then. Default false. */
  readonly noAlloc?: boolean;
  /** Load the layers for multi-token prediction. Default false. */
  readonly mtp?: boolean;
}

const known: readonly (keyof ModelOptions)[] = [
  "devices",
  "tensorPlacement",
  "gpuLayers",
  "splitMode",
  "loadMode",
  "lazyMode",
  "mainGpu",
  "tensorSplit",
  "onProgress",
  "signal",
  "metadata",
  "vocabOnly",
  "checkTensors",
  "extraBuffers",
  "noHost",
  "noAlloc",
  "mtp",
];

const INT31 = 2 ** 31 - 1;

/** Refuses what is no option at all. */
export function checkModelOptions(options: ModelOptions): void {
  checkOptions("options", options, known);
}

/** Checks the options, and gives them as C takes them, with the memory that C reads meanwhile. */
export function modelParams(options: ModelOptions): { params: llama_model_params; belongings: ModelBelongings } {
  checkModelOptions(options);
  const params = api().llama_model_default_params();
  params.n_gpu_layers = checkInteger("options.gpuLayers", options.gpuLayers ?? -1, -1, INT31);
  params.main_gpu = checkInteger("options.mainGpu", options.mainGpu ?? 0, 0, INT31);
  params.split_mode = splitModes[word("splitMode", options.splitMode ?? "layer", splitModes)];
  params.load_mode = loadModes[word("loadMode", options.loadMode ?? "auto", loadModes)];
  if (options.noAlloc === true) {
    // A mapped file would be memory after all, and C asserts that there is none.
    checkOneOf("options.loadMode", options.loadMode ?? "read", ["read"]);
    params.load_mode = loadModes.read;
  }
  params.lazy_mode = lazyModes[word("lazyMode", options.lazyMode ?? "auto", lazyModes)];
  setFlags(params, options);
  if (options.onProgress !== undefined) checkFunction("options.onProgress", options.onProgress);
  const belongings = new ModelBelongings();
  try {
    setPointers(params, options, belongings);
  } catch (error) {
    belongings.free();
    throw error;
  }
  return { params, belongings };
}

function word<Word extends string>(key: string, value: unknown, words: Readonly<Record<Word, unknown>>): Word {
  return checkOneOf(`options.${key}`, value, Object.keys(words) as Word[]);
}

function setFlags(params: llama_model_params, options: ModelOptions): void {
  const flag = (key: keyof ModelOptions, fallback: boolean): boolean =>
    checkBoolean(`options.${key}`, options[key] ?? fallback);
  params.vocab_only = flag("vocabOnly", false);
  params.check_tensors = flag("checkTensors", false);
  params.use_extra_bufts = flag("extraBuffers", true);
  params.no_host = flag("noHost", false);
  params.no_alloc = flag("noAlloc", false);
  params.load_mtp = flag("mtp", false);
}

function setPointers(params: llama_model_params, options: ModelOptions, belongings: ModelBelongings): void {
  if (options.devices !== undefined) {
    const names = checkArray("options.devices", options.devices);
    const devices = names.map((name, index) => deviceByName(`options.devices[${index}]`, name));
    if (options.splitMode === "tensor")
      devices.forEach((device, index) => checkGpu(`options.devices[${index}]`, device));
    params.devices = belongings.pointers([...devices, null]);
  }
  if (options.tensorSplit !== undefined) params.tensor_split = belongings.floats(checkSplit(options.tensorSplit));
  if (options.tensorPlacement !== undefined) {
    const rows = checkArray("options.tensorPlacement", options.tensorPlacement) as NonNullable<
      ModelOptions["tensorPlacement"]
    >;
    params.tensor_buft_overrides = belongings.placements(
      rows.map(({ pattern, bufferType }, index) => ({
        pattern,
        type: bufferTypeByName(`options.tensorPlacement[${index}].bufferType`, bufferType),
      })),
    );
  }
  if (options.metadata !== undefined)
    params.kv_overrides = belongings.keep(writeOverrides(options.metadata)).pointer as never;
  if (options.onProgress !== undefined || options.signal !== undefined) {
    params.progress_callback = belongings.progress(options.onProgress, options.signal);
  }
}

/** Tensors are split between GPUs alone; C does not look. */
function checkGpu(name: string, device: Pointer<"ggml_backend_device">): void {
  const type = api().ggml_backend_dev_type(device);
  const { GGML_BACKEND_DEVICE_TYPE_GPU, GGML_BACKEND_DEVICE_TYPE_IGPU } = ggml_backend_dev_type;
  if (type === GGML_BACKEND_DEVICE_TYPE_GPU || type === GGML_BACKEND_DEVICE_TYPE_IGPU) return;
  throw new ArgumentError(name, 'a GPU, for splitMode "tensor"', api().ggml_backend_dev_name(device));
}

/** C reads as many shares as there can be devices. */
function checkSplit(split: readonly number[]): Float32Array {
  const list = checkArray("options.tensorSplit", split);
  const most = Number(api().llama_max_devices());
  if (list.length > most) throw new ArgumentError("options.tensorSplit", `at most ${most} shares`, split);
  const shares = new Float32Array(most);
  list.forEach((share, index) => (shares[index] = checkNumber(`options.tensorSplit[${index}]`, share, 0)));
  return shares;
}
