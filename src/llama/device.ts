import { ggml_backend_dev_type, type Int64, type Pointer, readStruct, sizeOf } from "../native/index.js";
import { wordFor } from "./context-enums.js";
import { devicePointers } from "./device-lookup.js";
import { api } from "./library.js";

/** What a device is: `accelerator` helps the CPU, as BLAS does. */
export type DeviceType = "cpu" | "gpu" | "integrated-gpu" | "accelerator" | "meta";

const types: Readonly<Record<DeviceType, ggml_backend_dev_type>> = {
  cpu: ggml_backend_dev_type.GGML_BACKEND_DEVICE_TYPE_CPU,
  gpu: ggml_backend_dev_type.GGML_BACKEND_DEVICE_TYPE_GPU,
  "integrated-gpu": ggml_backend_dev_type.GGML_BACKEND_DEVICE_TYPE_IGPU,
  accelerator: ggml_backend_dev_type.GGML_BACKEND_DEVICE_TYPE_ACCEL,
  meta: ggml_backend_dev_type.GGML_BACKEND_DEVICE_TYPE_META,
};

/** Something that llama.cpp can compute on (`struct ggml_backend_dev_props`). */
export interface Device {
  /** For instance `CPU` or `CUDA0`: what `ModelOptions.devices` takes. */
  readonly name: string;
  /** For instance the processor's or the card's name. */
  readonly description: string;
  readonly type: DeviceType;
  /** The backend that drives it. */
  readonly backend: string;
  /** The PCI address; undefined where there is none. */
  readonly id: string | undefined;
  /** Bytes. */
  readonly memory: { readonly free: number; readonly total: number };
  readonly capabilities: {
    readonly async: boolean;
    readonly hostBuffer: boolean;
    readonly bufferFromHostPointer: boolean;
    readonly events: boolean;
  };
  /** Where it keeps tensors: what `ModelOptions.tensorPlacement` takes. */
  readonly bufferType: BufferType;
}

export interface BufferType {
  readonly name: string;
  /** Bytes. */
  readonly alignment: number;
  /** Most bytes of one buffer. */
  readonly maxSize: number;
  /** Whether the CPU can read it as it is. */
  readonly host: boolean;
}

interface Properties {
  readonly name: string;
  readonly description: string;
  readonly memory_free: Int64;
  readonly memory_total: Int64;
  readonly type: number;
  readonly device_id: string | null;
  readonly caps: {
    readonly async: boolean;
    readonly host_buffer: boolean;
    readonly buffer_from_host_ptr: boolean;
    readonly events: boolean;
  };
}

/** The devices that are there, in the order in which models are put on them (`ggml_backend_dev_get`). */
export function devices(): Device[] {
  return devicePointers().map(describeDevice);
}

export function describeDevice(pointer: Pointer<"ggml_backend_device">): Device {
  const c = api();
  const bytes = new Uint8Array(sizeOf("ggml_backend_dev_props"));
  c.ggml_backend_dev_get_props(pointer, bytes);
  const properties = readStruct<Properties>("ggml_backend_dev_props", bytes);
  const registry = c.ggml_backend_dev_backend_reg(pointer);
  const { caps } = properties;
  return {
    name: properties.name,
    description: properties.description,
    type: wordFor(types, properties.type) ?? "accelerator",
    backend: (registry === null ? null : c.ggml_backend_reg_name(registry)) ?? "",
    id: properties.device_id ?? undefined,
    memory: { free: Number(properties.memory_free), total: Number(properties.memory_total) },
    capabilities: {
      async: caps.async,
      hostBuffer: caps.host_buffer,
      bufferFromHostPointer: caps.buffer_from_host_ptr,
      events: caps.events,
    },
    bufferType: describeBufferType(c.ggml_backend_dev_buffer_type(pointer)),
  };
}

function describeBufferType(pointer: Pointer<"ggml_backend_buffer_type"> | null): BufferType {
  if (pointer === null) return { name: "", alignment: 0, maxSize: 0, host: false };
  const c = api();
  return {
    name: c.ggml_backend_buft_name(pointer) ?? "",
    alignment: Number(c.ggml_backend_buft_get_alignment(pointer)),
    maxSize: Number(c.ggml_backend_buft_get_max_size(pointer)),
    host: c.ggml_backend_buft_is_host(pointer),
  };
}
