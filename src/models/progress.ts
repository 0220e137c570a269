import type { MullamaError } from "../errors.js";
import type { Pace } from "./transfer-pace.js";

/** What the fetching of a model reports while it goes on. */
export type ModelProgress =
  | (Pace & {
      /**
       * `download`: bytes from the source. `extract`: bytes out of a wheel. `verify`: bytes read again to go on with an
       * interrupted download. `quantize`: bytes of the model that are quantized, of a file that is made here.
       */
      readonly phase: "download" | "extract" | "verify" | "quantize";
      /** The source, in words; what a file is quantized to. */
      readonly source: string;
      /** Bytes so far. */
      readonly received: number;
      /** Bytes in all, or undefined where the source does not say. */
      readonly total: number | undefined;
    })
  /** Another process is fetching the same file; its result will be used. */
  | { readonly phase: "wait" }
  /** Something is not as it is where the model comes from: a sentence. */
  | { readonly phase: "note"; readonly text: string }
  /** A source gave up; the next one follows. */
  | { readonly phase: "source-failed"; readonly source: string; readonly error: MullamaError };

export type ProgressListener = (progress: ModelProgress) => void;
