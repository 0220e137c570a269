import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { MullamaError } from "../errors.js";
import { callFunction, captureLog, type Pointer, readStruct, sizeOf } from "../native/index.js";
import { checkText } from "./check.js";
import { describeDevice, type Device } from "./device.js";
import { api } from "./library.js";

/** A kind of device, and the code that drives it (`ggml_backend_reg`). */
export interface Backend {
  /** For instance `CPU`, `CUDA`, `Vulkan` or `RPC`. */
  readonly name: string;
  readonly devices: readonly Device[];
  /** What it was built for, for instance `AVX2: 1`; empty where it does not say. */
  readonly features: Readonly<Record<string, string>>;
}

/** The backends that are loaded (`ggml_backend_reg_get`). */
export function backends(): Backend[] {
  const c = api();
  return Array.from({ length: Number(c.ggml_backend_reg_count()) }, (_, index) => c.ggml_backend_reg_get(index))
    .filter((registry) => registry !== null)
    .map(describe);
}

/**
 * Loads a backend from its library file (`ggml_backend_load`). It stays loaded.
 *
 * @throws {MullamaError} `LIBRARY_NOT_FOUND` with llama.cpp's words
 */
export function loadBackend(path: string): Backend {
  const file = resolve(checkText("path", path));
  if (!existsSync(file)) throw new MullamaError("LIBRARY_NOT_FOUND", `There is no file ${file}.`);
  const { result, log } = captureLog(api(), () => api().ggml_backend_load(file));
  if (result === null)
    throw new MullamaError("LIBRARY_NOT_FOUND", `${file} could not be loaded as a backend.`, { log });
  return describe(result);
}

function describe(registry: Pointer<"ggml_backend_reg">): Backend {
  const c = api();
  const devices = Array.from({ length: Number(c.ggml_backend_reg_dev_count(registry)) }, (_, index) =>
    c.ggml_backend_reg_dev_get(registry, index),
  );
  return {
    name: c.ggml_backend_reg_name(registry) ?? "",
    devices: devices.filter((device) => device !== null).map(describeDevice),
    features: readFeatures(registry),
  };
}

/** The backend's own function gives a list of names and values, ended by one without a name. */
function readFeatures(registry: Pointer<"ggml_backend_reg">): Record<string, string> {
  const getFeatures = api().ggml_backend_reg_get_proc_address(registry, "ggml_backend_get_features");
  const features: Record<string, string> = {};
  if (getFeatures === null) return features;
  let row = callFunction("ggml_backend_get_features_t", getFeatures as never, registry);
  for (; row !== null; row = (row + BigInt(sizeOf("ggml_backend_feature"))) as typeof row) {
    const { name, value } = readStruct<{ name: string | null; value: string | null }>("ggml_backend_feature", row);
    if (name === null) break;
    features[name] = value ?? "";
  }
  return features;
}
