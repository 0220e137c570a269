import { encodeTensor, type FloatTensorType, type TensorContent } from "../../src/gguf/index.js";
import { TinyRandom } from "./tiny-random.js";

/** Collects a model's tensors, filled with random numbers from one seed. */
export class TinyWeights {
  readonly tensors: TensorContent[] = [];
  readonly #random: TinyRandom;
  readonly #type: FloatTensorType;

  /** @param type Type of the matrices; vectors are F32, as llama.cpp wants them. */
  constructor(seed: number, type: FloatTensorType = "F32") {
    this.#random = new TinyRandom(seed);
    this.#type = type;
  }

  /** A matrix that keeps its input's scale; `gain` multiplies it, the first `zeroRows` are zeros, `stack` adds dimensions. */
  matrix(name: string, columns: number, rows: number, { gain = 1, stack = [] as readonly number[], zeroRows = 0 } = {}): void {
    const shape = [columns, rows, ...stack];
    const values = this.#draw(shape, gain / Math.sqrt(columns)).fill(0, 0, zeroRows * columns);
    this.add(name, this.#type, shape, values);
  }

  /** An F32 tensor of random numbers with this standard deviation. */
  random(name: string, shape: readonly number[], deviation: number): void {
    this.add(name, "F32", shape, this.#draw(shape, deviation));
  }

  /** An F32 tensor of one value throughout; norms are ones. */
  constant(name: string, shape: readonly number[], value = 1): void {
    this.add(name, "F32", shape, new Float32Array(count(shape)).fill(value));
  }

  /** A tensor of given values. */
  add(name: string, type: FloatTensorType, shape: readonly number[], values: Float32Array): void {
    this.tensors.push({ name, type, shape, data: encodeTensor(type, values) });
  }

  #draw(shape: readonly number[], deviation: number): Float32Array {
    return Float32Array.from({ length: count(shape) }, () => this.#random.normal() * deviation);
  }
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
