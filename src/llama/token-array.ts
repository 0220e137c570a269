/** `llama_token_data_array` as C has it: the few words that point to the candidates. */
import { ArgumentError } from "../errors.js";
import {
  addressOf,
  editBytes,
  NativeMemory,
  offsetOf,
  type Pointer,
  readPointer,
  sizeOf,
  viewBytes,
} from "../native/index.js";
import { Candidates } from "./candidates.js";

const STRUCT = "llama_token_data_array";

interface Layout {
  readonly data: number;
  readonly size: number;
  readonly selected: number;
  readonly sorted: number;
  readonly word: number;
}

let layout: Layout | undefined;

function layoutOf(): Layout {
  layout ??= {
    data: offsetOf(STRUCT, "data"),
    size: offsetOf(STRUCT, "size"),
    selected: offsetOf(STRUCT, "selected"),
    sorted: offsetOf(STRUCT, "sorted"),
    word: offsetOf(STRUCT, "size"),
  };
  return layout;
}

/** Calls `apply` with the candidates in C's form and takes over what it did to them. */
export function withTokenArray(
  candidates: Candidates,
  apply: (array: Pointer<"llama_token_data_array">) => void,
): void {
  const { memory } = candidates;
  using block = new NativeMemory(sizeOf(STRUCT));
  const words = wordsIn(block.bytes);
  const address = BigInt(addressOf(memory));
  write(words, layoutOf().data, address);
  write(words, layoutOf().size, BigInt(candidates.size));
  words.setBigInt64(layoutOf().selected, BigInt(candidates.selected ?? -1), true);
  words.setUint8(layoutOf().sorted, candidates.sorted ? 1 : 0);
  apply(block.pointer as unknown as Pointer<"llama_token_data_array">);
  const start = Number(read(words, layoutOf().data) - address);
  const size = Number(read(words, layoutOf().size));
  const selected = Number(words.getBigInt64(layoutOf().selected, true));
  candidates.update(start, size, selected < size ? selected : -1, words.getUint8(layoutOf().sorted) !== 0);
}

/** Lets JavaScript work on candidates that are C's, and writes back what it did. They expire afterwards. */
export function viewTokenArray(array: Pointer<"llama_token_data_array">, use: (candidates: Candidates) => void): void {
  const data = readPointer<"llama_token_data">(array);
  editBytes(array, sizeOf(STRUCT), (block) => {
    const words = wordsIn(block);
    const count = Number(read(words, layoutOf().size));
    if (data === null || count === 0) throw new ArgumentError("candidates", "at least one", count);
    editBytes(data, count * sizeOf("llama_token_data"), (bytes) => useArray(words, new Candidates(bytes), use));
  });
}

function useArray(words: DataView, candidates: Candidates, use: (candidates: Candidates) => void): void {
  const { size, selected, sorted } = layoutOf();
  candidates.update(
    0,
    Number(read(words, size)),
    Number(words.getBigInt64(selected, true)),
    words.getUint8(sorted) !== 0,
  );
  try {
    use(candidates);
  } finally {
    write(words, size, BigInt(candidates.size));
    words.setBigInt64(selected, BigInt(candidates.selected ?? -1), true);
    words.setUint8(sorted, candidates.sorted ? 1 : 0);
    candidates.expire();
  }
}

/** The index of the selected candidate, if it is one of them. */
export function arraySelection(array: Pointer<"llama_token_data_array">): number | undefined {
  const words = wordsIn(viewBytes(array, sizeOf(STRUCT)));
  const selected = Number(words.getBigInt64(layoutOf().selected, true));
  return selected >= 0 && selected < Number(read(words, layoutOf().size)) ? selected : undefined;
}

export function selectInArray(array: Pointer<"llama_token_data_array">, index: number): void {
  editBytes(array, sizeOf(STRUCT), (block) => wordsIn(block).setBigInt64(layoutOf().selected, BigInt(index), true));
}

function wordsIn(block: Uint8Array): DataView {
  return new DataView(block.buffer, block.byteOffset, block.byteLength);
}

function write(words: DataView, offset: number, value: bigint): void {
  if (layoutOf().word === 8) words.setBigUint64(offset, value, true);
  else words.setUint32(offset, Number(value), true);
}

function read(words: DataView, offset: number): bigint {
  return layoutOf().word === 8 ? words.getBigUint64(offset, true) : BigInt(words.getUint32(offset, true));
}
