/** What the library says of itself and of this machine. */
import { MullamaError } from "../errors.js";
import { captureLog, ggml_numa_strategy } from "../native/index.js";
import { checkOneOf, checkText } from "./check.js";
import { flashAttentionTypes, type FlashAttention, wordFor } from "./context-enums.js";
import { api } from "./library.js";
import { type LoadMode, loadModes } from "./model-enums.js";
import { ftypeOf, type QuantizationType } from "./quantize-types.js";

/** The version of llama.cpp (`llama_version`), for instance `0.5.0`. */
export function libraryVersion(): string {
  return api().llama_version() ?? "";
}

/** The instruction sets that the loaded backends use, in one line (`llama_print_system_info`). */
export function systemInfo(): string {
  // C writes it into one text for the whole process, which no other thread may write meanwhile.
  return captureLog(api(), () => api().llama_print_system_info()).result ?? "";
}

/** C's clock in microseconds (`llama_time_us`), the one that performance counters are on. */
export function timeMicroseconds(): number {
  return Number(api().llama_time_us());
}

/** What this build of llama.cpp can do. */
export interface Capabilities {
  readonly mmap: boolean;
  readonly mlock: boolean;
  readonly gpuOffload: boolean;
  /** Whether the RPC backend is loaded. */
  readonly rpc: boolean;
  readonly maxDevices: number;
  readonly maxSequences: number;
  readonly maxTensorPlacements: number;
}

/** `llama_supports_*`, `llama_max_*`. */
export function capabilities(): Capabilities {
  const c = api();
  return {
    mmap: c.llama_supports_mmap(),
    mlock: c.llama_supports_mlock(),
    gpuOffload: c.llama_supports_gpu_offload(),
    rpc: c.llama_supports_rpc(),
    maxDevices: Number(c.llama_max_devices()),
    maxSequences: Number(c.llama_max_parallel_sequences()),
    maxTensorPlacements: Number(c.llama_max_tensor_buft_overrides()),
  };
}

/** How threads and memory are spread over a machine's NUMA nodes. */
export type NumaStrategy = "disabled" | "distribute" | "isolate" | "numactl" | "mirror";

const strategies: Readonly<Record<NumaStrategy, ggml_numa_strategy>> = {
  disabled: ggml_numa_strategy.GGML_NUMA_STRATEGY_DISABLED,
  distribute: ggml_numa_strategy.GGML_NUMA_STRATEGY_DISTRIBUTE,
  isolate: ggml_numa_strategy.GGML_NUMA_STRATEGY_ISOLATE,
  numactl: ggml_numa_strategy.GGML_NUMA_STRATEGY_NUMACTL,
  mirror: ggml_numa_strategy.GGML_NUMA_STRATEGY_MIRROR,
};

let numa: NumaStrategy | undefined;

/**
 * Sets the NUMA strategy of the process, once, before models are loaded (`llama_numa_init`). Only Linux heeds it.
 *
 * @throws {MullamaError} `UNSUPPORTED` where another one has been set
 */
export function initNuma(strategy: NumaStrategy): void {
  const value = strategies[checkOneOf("strategy", strategy, Object.keys(strategies) as NumaStrategy[])];
  if (numa === strategy) return;
  if (numa !== undefined) {
    throw new MullamaError("UNSUPPORTED", `The NUMA strategy is ${numa} already, and can be set once a process.`);
  }
  numa = strategy;
  api().llama_numa_init(value);
}

/** How llama.cpp writes a quantization, for instance `Q4_K - Medium` (`llama_ftype_name`). */
export function quantizationName(type: QuantizationType): string {
  return api().llama_ftype_name(ftypeOf("type", type)) ?? "";
}

/** llama.cpp's word for flash attention (`llama_flash_attn_type_name`): `auto`, `enabled` or `disabled`. */
export function flashAttentionName(type: FlashAttention): string {
  return (
    api().llama_flash_attn_type_name(
      flashAttentionTypes[checkOneOf("type", type, Object.keys(flashAttentionTypes) as FlashAttention[])],
    ) ?? ""
  );
}

/** llama.cpp's word for a load mode (`llama_load_mode_name`), as its command line has it. */
export function loadModeName(mode: LoadMode): string {
  return api().llama_load_mode_name(loadModes[checkOneOf("mode", mode, Object.keys(loadModes) as LoadMode[])]) ?? "";
}

/** The load mode for llama.cpp's word (`llama_load_mode_from_str`); undefined for an unknown one. */
export function loadModeFromName(name: string): LoadMode | undefined {
  checkText("name", name);
  // C ends the process on a word that it does not know.
  const known = (Object.keys(loadModes) as LoadMode[]).some((mode) => loadModeName(mode) === name);
  return known ? wordFor(loadModes, api().llama_load_mode_from_str(name)) : undefined;
}
