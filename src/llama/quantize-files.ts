/** Where a quantization writes: beside its output first, so that what appears there is whole. */
import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ArgumentError, MullamaError } from "../errors.js";
import { splitPath, validateModelFile } from "../gguf/index.js";
import { checkText } from "./check.js";
import type { QuantizeOptions } from "./quantize-options.js";

/** C cuts off longer ones. */
const MOST_PATH_BYTES = 3900;

let runs = 0;

export class QuantizeFiles {
  /** What C is told to write. */
  readonly target: string;
  readonly #temporary: readonly string[];
  readonly #final: readonly string[];

  /** @param splits files to keep, or undefined for one */
  constructor(options: QuantizeOptions, splits: number | undefined) {
    const output = checkOutput(options);
    const split = (prefix: string): string[] =>
      Array.from({ length: splits ?? 0 }, (_, index) => splitPath(prefix, index, splits ?? 0));
    const prefix = output.replace(/\.gguf$/, "");
    this.target = `${splits === undefined ? output : prefix}.${process.pid}-${runs++}.tmp`;
    this.#temporary = splits === undefined ? [this.target] : split(this.target);
    this.#final = splits === undefined ? [output] : split(prefix);
  }

  /** Checks what C wrote, for it does not notice a full disk, and puts it where it belongs. */
  publish(): readonly string[] {
    try {
      validateModelFile(this.#temporary[0] ?? "");
      this.#temporary.forEach((file, index) => renameSync(file, this.#final[index] ?? file));
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new MullamaError("QUANTIZE_FAILED", `What llama.cpp wrote is no whole model: ${why}`, { cause });
    }
    return this.#final;
  }

  remove(): void {
    for (const file of this.#temporary) rmSync(file, { force: true });
  }
}

function checkOutput({ input, output }: QuantizeOptions): string {
  const path = resolve(checkText("options.output", output));
  if (!existsSync(dirname(path))) throw new ArgumentError("options.output", "in a folder that exists", output);
  if (Buffer.byteLength(path) > MOST_PATH_BYTES)
    throw new ArgumentError("options.output", `at most ${MOST_PATH_BYTES} bytes`, output);
  const there = statSync(path, { throwIfNoEntry: false });
  if (there?.isDirectory() === true) throw new ArgumentError("options.output", "a file, not a folder", output);
  const { ino, dev } = statSync(input);
  if (there?.ino === ino && there.dev === dev)
    throw new ArgumentError("options.output", "another file than the input", output);
  return path;
}
