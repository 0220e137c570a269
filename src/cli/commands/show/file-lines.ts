import type { GgufHeader, GgufValue } from "../../../gguf/index.js";
import { formatBytes } from "../../progress-line.js";
import { type Column, table } from "../../terminal/table.js";

/** Items of a list and characters of a text that are shown. */
const MOST_ITEMS = 5;
const MOST_TEXT = 200;

/** Every key of the file's metadata with its value. */
export function metadataLines({ metadata }: GgufHeader): readonly string[] {
  return [...metadata].map(([key, value]) => `${key} = ${valueText(value)}`);
}

/** A value on one line; what is long is cut, and its length told. */
export function valueText(value: GgufValue): string {
  if (value.type !== "array") {
    const text = typeof value.value === "string" ? JSON.stringify(value.value) : String(value.value);
    return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}… (${text.length} characters)` : text;
  }
  const items = Array.from(value.value as ArrayLike<unknown>).slice(0, MOST_ITEMS);
  const shown = items.map((item) => (typeof item === "string" ? JSON.stringify(item) : String(item))).join(", ");
  return value.value.length > MOST_ITEMS ? `[${shown}, … ${value.value.length} in all]` : `[${shown}]`;
}

const COLUMNS: readonly Column[] = [
  { title: "TENSOR", shrinks: true },
  { title: "TYPE" },
  { title: "SHAPE" },
  { title: "SIZE", align: "right" },
];

/** Every tensor: its type, its shape with the contiguous dimension first, and its size. */
export function tensorLines({ tensors }: GgufHeader, width: number | undefined): readonly string[] {
  const rows = [...tensors.values()].map(({ name, type, shape, byteLength }) => [
    name,
    type,
    shape.join(" × "),
    formatBytes(byteLength),
  ]);
  return table(COLUMNS, rows, width);
}
