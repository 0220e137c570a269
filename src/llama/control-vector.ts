import { ArgumentError, MullamaError } from "../errors.js";
import { GgufFile } from "../gguf/index.js";
import { checkInteger, checkNumber, checkText } from "./check.js";

const DIRECTION = /^direction\.(\d+)$/;

/**
 * A direction for each layer in which a model's hidden states are pushed, to steer what it writes.
 *
 * @example
 * const happy = ControlVector.load("happy.gguf").scaled(0.8);
 * context.setControlVector(happy);
 */
export class ControlVector {
  /** Width of a direction: the model's embedding size. */
  readonly embeddingSize: number;
  readonly #data: Float32Array;

  /** @param data the directions of layer 1, layer 2, and so on, one after another; copied. Layer 0 has none. */
  constructor(data: Float32Array, embeddingSize: number) {
    if (!(data instanceof Float32Array)) throw new ArgumentError("data", "a Float32Array", data);
    this.embeddingSize = checkInteger("embeddingSize", embeddingSize, 1, 2 ** 24);
    if (data.length === 0 || data.length % embeddingSize !== 0) {
      throw new ArgumentError("data", `a whole number of directions of ${embeddingSize} numbers each`, data);
    }
    this.#data = data.slice();
  }

  /** Reads llama.cpp's control-vector files: a GGUF with tensors `direction.1`, `direction.2`, …; layers that are missing stay zero. */
  static load(path: string): ControlVector {
    checkText("path", path);
    using file = GgufFile.open(path);
    const directions = [...file.header.tensors.keys()].flatMap((name) => {
      const layer = Number(DIRECTION.exec(name)?.[1] ?? 0);
      return layer >= 1 ? [{ layer, values: file.readFloats(name) }] : [];
    });
    const width = directions[0]?.values.length;
    if (width === undefined)
      throw new MullamaError("GGUF_INVALID", `${path} is no control vector: it has no tensor direction.1.`);
    const data = new Float32Array(width * Math.max(...directions.map(({ layer }) => layer)));
    for (const { layer, values } of directions) {
      if (values.length !== width)
        throw new MullamaError("GGUF_INVALID", `${path} has directions of ${width} and of ${values.length} numbers.`);
      data.set(values, (layer - 1) * width);
    }
    return new ControlVector(data, width);
  }

  /** Layers that have a direction, from layer 1 on. */
  get layers(): number {
    return this.#data.length / this.embeddingSize;
  }

  /** A copy of the directions. */
  get data(): Float32Array {
    return this.#data.slice();
  }

  /** The vector times a number; a negative one steers away. */
  scaled(factor: number): ControlVector {
    checkNumber("factor", factor);
    return new ControlVector(
      this.#data.map((value) => value * factor),
      this.embeddingSize,
    );
  }

  /** The sum of two vectors of the same width. */
  plus(other: ControlVector): ControlVector {
    if (other.embeddingSize !== this.embeddingSize)
      throw new ArgumentError("other", `of width ${this.embeddingSize}`, other.embeddingSize);
    const [longer, shorter] =
      this.#data.length >= other.#data.length ? [this.#data, other.#data] : [other.#data, this.#data];
    return new ControlVector(
      longer.map((value, index) => value + (shorter[index] ?? 0)),
      this.embeddingSize,
    );
  }
}
