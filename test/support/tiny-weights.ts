import { encodeTensor, type FloatTensorType, type TensorContent } from "../../src/gguf/index.js";
import type { TinyShape } from "./tiny-model.js";
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

  /** A matrix that keeps its input's scale; `gain` multiplies it, and its first `zeroRows` rows are zeros. */
  matrix(name: string, columns: number, rows: number, { gain = 1, zeroRows = 0 } = {}): void {
    const values = this.#draw([columns, rows], gain / Math.sqrt(columns)).fill(0, 0, zeroRows * columns);
    this.add(name, this.#type, [columns, rows], values);
  }

  /** An F32 tensor of random numbers around `mean`. */
  random(name: string, shape: readonly number[], deviation: number, mean = 0): void {
    this.add(
      name,
      "F32",
      shape,
      this.#draw(shape, deviation).map((value) => value + mean),
    );
  }

  /** An F32 tensor of one value throughout; norms are ones. */
  constant(name: string, shape: readonly number[], value = 1): void {
    this.add(name, "F32", shape, new Float32Array(count(shape)).fill(value));
  }

  /** A tensor of given values. */
  add(name: string, type: FloatTensorType, shape: readonly number[], values: Float32Array): void {
    this.tensors.push({ name, type, shape, data: encodeTensor(type, values) });
  }

  /** The four matrices of an attention block. */
  attention(
    prefix: string,
    { embeddingSize, heads, kvHeads }: TinyShape,
    { output = "output", queryGates = false } = {},
  ): void {
    const keySize = (embeddingSize / heads) * kvHeads;
    this.matrix(`${prefix}q.weight`, embeddingSize, queryGates ? embeddingSize * 2 : embeddingSize);
    this.matrix(`${prefix}k.weight`, embeddingSize, keySize);
    this.matrix(`${prefix}v.weight`, embeddingSize, keySize);
    this.matrix(`${prefix}${output}.weight`, embeddingSize, embeddingSize);
  }

  /** The three matrices of a gated feed-forward block. */
  feedForward(prefix: string, embeddingSize: number, innerSize: number): void {
    this.matrix(`${prefix}gate.weight`, embeddingSize, innerSize);
    this.matrix(`${prefix}up.weight`, embeddingSize, innerSize);
    this.matrix(`${prefix}down.weight`, innerSize, embeddingSize);
  }

  /** A router and the three matrices of each of several experts, stacked. */
  experts(prefix: string, embeddingSize: number, innerSize: number, experts: number): void {
    this.matrix(`${prefix}gate_inp.weight`, embeddingSize, experts);
    this.random(`${prefix}gate_exps.weight`, [embeddingSize, innerSize, experts], 1 / Math.sqrt(embeddingSize));
    this.random(`${prefix}up_exps.weight`, [embeddingSize, innerSize, experts], 1 / Math.sqrt(embeddingSize));
    this.random(`${prefix}down_exps.weight`, [innerSize, embeddingSize, experts], 1 / Math.sqrt(innerSize));
  }

  /** The last norm and the output matrix. Special tokens get a logit of exactly 0, so that generations rarely end by chance. */
  head({ embeddingSize, vocab }: TinyShape, norm = "output_norm.weight"): void {
    this.constant(norm, [embeddingSize]);
    this.matrix("output.weight", embeddingSize, vocab.size, { gain: 2, zeroRows: Object.keys(vocab.special).length });
  }

  #draw(shape: readonly number[], deviation: number): Float32Array {
    return Float32Array.from({ length: count(shape) }, () => this.#random.normal() * deviation);
  }
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
