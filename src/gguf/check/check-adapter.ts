import { GgufError } from "../error.js";
import type { GgufHeader } from "../header.js";
import type { ValueType } from "../value.js";
import { weightTypeProblem } from "./check-tensor-types.js";

/** Keys that llama.cpp reads from an adapter without looking at their type. */
const KEYS: readonly (readonly [string, ValueType])[] = [
  ["general.type", "string"],
  ["general.architecture", "string"],
  ["adapter.type", "string"],
  ["adapter.lora.alpha", "float32"],
];

/**
 * Refuses a LoRA adapter that would make llama.cpp end the whole process. That it fits a model is left to llama.cpp.
 *
 * @throws GgufError naming the key or tensor and what it must be.
 */
export function checkAdapterMetadata(header: GgufHeader): void {
  for (const [key, type] of KEYS) {
    const value = header.metadata.get(key);
    if (value !== undefined && value.type !== type)
      throw new GgufError(`${key} must be a ${type}, but is a ${value.type}`);
  }
  for (const { name, type, shape } of header.tensors.values()) {
    if (!/\.lora_[ab]$/.test(name)) continue;
    const problem = weightTypeProblem(type);
    if (problem !== undefined) throw new GgufError(`tensor ${JSON.stringify(name)} is of type ${type}, ${problem}`);
    const [columns = 1, rows = 1, ...rest] = shape;
    if (columns === 0 || rows === 0 || rest.some((length) => length !== 1)) {
      throw new GgufError(`tensor ${JSON.stringify(name)} has the shape [${shape.join(", ")}], but must be a matrix`);
    }
  }
}
