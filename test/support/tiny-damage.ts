import { GgufFile, type GgufValue, ggufValue, TENSOR_TYPES, type TensorType, writeGguf } from "../../src/gguf/index.js";
import { TinyRandom } from "./tiny-random.js";

const NUMBERS = [0, 1, 2, 3, 7, 16, 33, 64, 100, 255, 512, 513, 65_535, 2 ** 20, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
const TEXTS = ["", "x", "llama", "bert", "t5", "gpt2", "none", "yarn", "%s%n"];
const BYTES = [0, 1, 0x7f, 0x80, 0xff];
const TYPES = Object.keys(TENSOR_TYPES) as TensorType[];

/** A model file with something wrong in its header or tensor table; the same seed gives the same file. */
export function damaged(model: Uint8Array, seed: number): Uint8Array {
  const random = new TinyRandom(seed);
  const ways = [changeBytes, changeBytes, changeMetadata, changeTensors];
  return pick(random, ways)(model, random);
}

function pick<T>(random: TinyRandom, from: readonly T[]): T {
  const item = from[random.below(from.length)];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
}

function changeBytes(model: Uint8Array, random: TinyRandom): Uint8Array {
  const bytes = new Uint8Array(model);
  const { dataOffset, tensors, metadata } = GgufFile.from(model).header;
  // Half of the changes fall into the tensor table, which is small beside the vocabulary.
  const table = dataOffset - tensors.size * 60;
  const [start, end] =
    random.below(2) === 0 ? [table, dataOffset] : [0, random.below(2) === 0 ? dataOffset : metadata.size * 40];
  for (let count = 1 + random.below(4); count > 0; count--) {
    const at = start + random.below(end - start);
    bytes[at] = random.below(2) === 0 ? random.below(256) : pick(random, BYTES);
  }
  return bytes;
}

function changeMetadata(model: Uint8Array, random: TinyRandom): Uint8Array {
  const file = GgufFile.from(model);
  const metadata = new Map(file.header.metadata);
  for (let count = 1 + random.below(2); count > 0; count--) {
    const [key, value] = pick(random, [...file.header.metadata]);
    if (random.below(8) === 0) metadata.delete(key);
    else metadata.set(key, changedValue(value, random));
  }
  return rewrite(file, metadata, () => undefined);
}

function changedValue(value: GgufValue, random: TinyRandom): GgufValue {
  if (random.below(4) === 0) return pick(random, [ggufValue.string("x"), ggufValue.uint64(5), ggufValue.float32(NaN)]);
  if (value.type === "uint32") return ggufValue.uint32(pick(random, NUMBERS));
  if (value.type === "float32") return ggufValue.float32(pick(random, [0, -1, NaN, Infinity, 1e30]));
  if (value.type === "bool") return ggufValue.bool(!value.value);
  if (value.type === "string") return ggufValue.string(pick(random, TEXTS));
  if (value.type !== "array") return ggufValue.uint32(pick(random, NUMBERS));
  if (value.itemType !== "string") return ggufValue.array("int32", Int32Array.of(1, -1));
  const items = value.value.slice(0, 1 + random.below(value.value.length));
  items[random.below(items.length)] = pick(random, ["", "x", "y z", items.at(-1) ?? ""]);
  return ggufValue.array("string", items);
}

function changeTensors(model: Uint8Array, random: TinyRandom): Uint8Array {
  const file = GgufFile.from(model);
  const chosen = pick(random, [...file.header.tensors.keys()]);
  const type = pick(random, TYPES);
  const way = random.below(4);
  return rewrite(file, file.header.metadata, (name, shape) => {
    if (name !== chosen) return undefined;
    if (way === 0) return null;
    if (way === 1) return { type: "F32", shape: shape.toReversed() };
    return { type, shape: way === 2 ? shape : shape.map((length, i) => (i === 0 ? length * 2 : length)) };
  });
}

/** Writes a file again with some tensors of another type or shape, filled anew, or (`null`) left out. */
function rewrite(
  file: GgufFile,
  metadata: ReadonlyMap<string, GgufValue>,
  change: (name: string, shape: readonly number[]) => { type: TensorType; shape: readonly number[] } | null | undefined,
): Uint8Array {
  const tensors = [...file.header.tensors.values()].flatMap(({ name, type, shape }) => {
    const other = change(name, shape);
    if (other === null) return [];
    if (other === undefined) return [{ name, type, shape, data: file.readBytes(name) }];
    const { blockSize, typeSize } = TENSOR_TYPES[other.type];
    const whole = other.shape.map((length, i) => (i === 0 ? Math.ceil(length / blockSize) * blockSize : length));
    const blocks = whole.reduce((product, length) => product * length, 1) / blockSize;
    return [{ name, type: other.type, shape: whole, data: new Uint8Array(blocks * typeSize).fill(0x11) }];
  });
  const { ["general.alignment"]: _alignment, ...rest } = Object.fromEntries(metadata);
  return writeGguf({ metadata: rest, tensors });
}
