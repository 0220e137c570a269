/** C's devices and buffer types, found by their names. */
import { ArgumentError } from "../errors.js";
import type { Pointer } from "../native/index.js";
import { api } from "./library.js";

export function devicePointers(): Pointer<"ggml_backend_device">[] {
  const c = api();
  return Array.from({ length: Number(c.ggml_backend_dev_count()) }, (_, index) => c.ggml_backend_dev_get(index)).filter(
    (device) => device !== null,
  );
}

export function deviceByName(argument: string, name: unknown): Pointer<"ggml_backend_device"> {
  const c = api();
  const found = typeof name === "string" ? c.ggml_backend_dev_by_name(name) : null;
  if (found !== null) return found;
  throw new ArgumentError(
    argument,
    `one of ${devicePointers()
      .map((device) => c.ggml_backend_dev_name(device))
      .join(", ")}`,
    name,
  );
}

/** Every device's own buffer type, by name. */
export function bufferTypeByName(argument: string, name: unknown): Pointer<"ggml_backend_buffer_type"> {
  const c = api();
  const types = devicePointers().flatMap((device) => c.ggml_backend_dev_buffer_type(device) ?? []);
  const found = types.find((type) => c.ggml_backend_buft_name(type) === name);
  if (found !== undefined) return found;
  throw new ArgumentError(argument, `one of ${types.map((type) => c.ggml_backend_buft_name(type)).join(", ")}`, name);
}
