import { MullamaError } from "../errors.js";

/**
 * A file or buffer is not GGUF that can be used: what is wrong, and at which byte. Code `GGUF_INVALID`.
 *
 * @example
 * try { validateGgufFile("broken.gguf"); }
 * catch (error) { if (error instanceof GgufError) console.log(error.offset, error.message); }
 */
export class GgufError extends MullamaError {
  /** Byte offset in the file where the wrong value starts; `undefined` when the fault has no single place. */
  readonly offset: number | undefined;

  constructor(problem: string, offset?: number) {
    const place = offset === undefined ? "" : ` (at byte ${offset})`;
    super("GGUF_INVALID", `Invalid GGUF: ${problem}${place}.`, {
      hint: "The file is damaged, incomplete or of another kind; download or convert it again.",
    });
    this.offset = offset;
  }
}
