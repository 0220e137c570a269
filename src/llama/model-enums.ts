/** The words of a model's options and properties, and C's numbers for them. */
import { llama_lazy_mode, llama_load_mode, llama_rope_type, llama_split_mode } from "../native/index.js";

/** How a model is spread over several GPUs. */
export type SplitMode = "none" | "layer" | "row" | "tensor";

export const splitModes: Readonly<Record<SplitMode, llama_split_mode>> = {
  none: llama_split_mode.LLAMA_SPLIT_MODE_NONE,
  layer: llama_split_mode.LLAMA_SPLIT_MODE_LAYER,
  row: llama_split_mode.LLAMA_SPLIT_MODE_ROW,
  tensor: llama_split_mode.LLAMA_SPLIT_MODE_TENSOR,
};

/** How the file is brought into memory. */
export type LoadMode = "auto" | "read" | "mmap" | "mlock" | "mmap+mlock" | "direct-io";

export const loadModes: Readonly<Record<LoadMode, llama_load_mode>> = {
  auto: llama_load_mode.LLAMA_LOAD_MODE_AUTO,
  read: llama_load_mode.LLAMA_LOAD_MODE_NONE,
  mmap: llama_load_mode.LLAMA_LOAD_MODE_MMAP,
  mlock: llama_load_mode.LLAMA_LOAD_MODE_MLOCK,
  "mmap+mlock": llama_load_mode.LLAMA_LOAD_MODE_MMAP_MLOCK,
  "direct-io": llama_load_mode.LLAMA_LOAD_MODE_DIRECT_IO,
};

/** Whether rows of huge tensors are read when they are needed. */
export type LazyMode = "off" | "auto" | "on";

export const lazyModes: Readonly<Record<LazyMode, llama_lazy_mode>> = {
  off: llama_lazy_mode.LLAMA_LAZY_MODE_OFF,
  auto: llama_lazy_mode.LLAMA_LAZY_MODE_AUTO,
  on: llama_lazy_mode.LLAMA_LAZY_MODE_ON,
};

/** How positions are put into a model's attention. */
export type RopeType = "none" | "norm" | "neox" | "mrope" | "imrope" | "vision";

export const ropeTypes: Readonly<Record<RopeType, llama_rope_type>> = {
  none: llama_rope_type.LLAMA_ROPE_TYPE_NONE,
  norm: llama_rope_type.LLAMA_ROPE_TYPE_NORM,
  neox: llama_rope_type.LLAMA_ROPE_TYPE_NEOX,
  mrope: llama_rope_type.LLAMA_ROPE_TYPE_MROPE,
  imrope: llama_rope_type.LLAMA_ROPE_TYPE_IMROPE,
  vision: llama_rope_type.LLAMA_ROPE_TYPE_VISION,
};
