import type { GgufValue } from "./value.js";

type Metadata = ReadonlyMap<string, GgufValue>;

/** The value of a string key as C reads it, to the first NUL; `undefined` when it is absent or of another type. */
export function metadataString(metadata: Metadata, key: string): string | undefined {
  const value = metadata.get(key);
  return value?.type === "string" ? toNul(value.value) : undefined;
}

/** The value of a key of any number type but those beyond 2^53; `undefined` when it is absent or of another type. */
export function metadataNumber(metadata: Metadata, key: string): number | undefined {
  const value = metadata.get(key)?.value;
  return typeof value === "number" ? value : undefined;
}

/** The value of a boolean key; `undefined` when it is absent or of another type. */
export function metadataBoolean(metadata: Metadata, key: string): boolean | undefined {
  const value = metadata.get(key);
  return value?.type === "bool" ? value.value : undefined;
}

/** The items of a string array as C reads them, to the first NUL; `undefined` when the key is absent or of another type. */
export function metadataStrings(metadata: Metadata, key: string): readonly string[] | undefined {
  const value = metadata.get(key);
  return value?.type === "array" && value.itemType === "string" ? value.value.map(toNul) : undefined;
}

/** The numbers of a key that is a 32-bit number or an array of them; empty when it is absent or of another type. */
export function metadataNumbers(metadata: Metadata, key: string): readonly number[] {
  const value = metadata.get(key);
  if (value === undefined) return [];
  if (value.type !== "array") return typeof value.value === "number" ? [value.value] : [];
  return value.itemType === "int32" || value.itemType === "uint32" || value.itemType === "float32"
    ? Array.from(value.value)
    : [];
}

function toNul(text: string): string {
  const end = text.indexOf("\0");
  return end === -1 ? text : text.slice(0, end);
}
