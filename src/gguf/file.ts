import { ArgumentError, DisposedError } from "../errors.js";
import { bufferSource, fileSource, type ByteSource } from "./byte-source.js";
import type { GgufHeader, TensorInfo } from "./header.js";
import { readHeader } from "./read.js";
import { decodeTensor } from "./tensor-data.js";

/**
 * A GGUF file that is open for reading: its header at once, a tensor's data when asked for.
 *
 * @example
 * using file = GgufFile.open("model.gguf");
 * console.log(file.header.metadata.get("general.name")?.value);
 * const norm = file.readFloats("output_norm.weight");
 */
export class GgufFile {
  readonly header: GgufHeader;
  readonly #source: ByteSource;
  #open = true;

  private constructor(source: ByteSource) {
    this.#source = source;
    try {
      this.header = readHeader(source);
    } catch (error) {
      source.close();
      throw error;
    }
  }

  /**
   * Opens a file and reads its header with ranged reads.
   *
   * @param base Where the GGUF begins in the file, in bytes; default 0.
   * @throws MullamaError `MODEL_NOT_FOUND` when there is no such file.
   * @throws GgufError when its header or tensor table is wrong.
   */
  static open(path: string, base = 0): GgufFile {
    return new GgufFile(fileSource(path, base));
  }

  /** Reads a file that is in memory. The bytes must not change while it is open. */
  static from(bytes: Uint8Array): GgufFile {
    return new GgufFile(bufferSource(bytes));
  }

  /** The row of the tensor table with this name. Throws `ArgumentError` when there is none. */
  tensor(name: string): TensorInfo {
    const info = this.header.tensors.get(name);
    if (info === undefined) throw new ArgumentError("name", "the name of a tensor in this file", name);
    return info;
  }

  /** A tensor's bytes, as they stand in the file. */
  readBytes(name: string): Uint8Array {
    if (!this.#open) throw new DisposedError("GgufFile");
    const { offset, byteLength } = this.tensor(name);
    return this.#source.read(offset, byteLength);
  }

  /** A tensor's elements as numbers. Throws `UNSUPPORTED` for types other than F32, F16 and BF16. */
  readFloats(name: string): Float32Array {
    return decodeTensor(this.tensor(name).type, this.readBytes(name));
  }

  /** Closes the file. Safe to call again. */
  close(): void {
    this.#open = false;
    this.#source.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Reads and checks a GGUF file's header and tensor table, in milliseconds, whatever the file's size: magic, version,
 * counts, lengths, types, alignment, and that every tensor's data lies within the file and apart from the others.
 *
 * @throws MullamaError `MODEL_NOT_FOUND` when there is no such file.
 * @throws GgufError saying what is wrong and at which byte.
 * @example
 * const { metadata, tensors } = validateGgufFile("model.gguf");
 */
export function validateGgufFile(path: string): GgufHeader {
  using file = GgufFile.open(path);
  return file.header;
}
