import { type ErrorCode, MullamaError } from "../errors.js";

/** What the command's exit status means. */
export const ExitCode = {
  ok: 0,
  /** Something failed that has no status of its own. */
  failure: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The model is not there and could not be fetched. */
  modelUnavailable: 3,
  /** The file is no model that can be loaded, or needs more memory than there is. */
  modelUnusable: 4,
  /** llama.cpp's libraries are missing, or of another release. */
  libraryUnusable: 5,
  /** Ctrl-C. */
  interrupted: 130,
  /** The process was asked to end. */
  terminated: 143,
} as const;

const OF_ERROR: Partial<Record<ErrorCode, number>> = {
  ARGUMENT_INVALID: ExitCode.usage,
  MODELFILE_INVALID: ExitCode.usage,
  PROMPT_TOO_LONG: ExitCode.usage,
  MODEL_NOT_FOUND: ExitCode.modelUnavailable,
  DOWNLOAD_FAILED: ExitCode.modelUnavailable,
  OUT_OF_SPACE: ExitCode.modelUnavailable,
  GGUF_INVALID: ExitCode.modelUnusable,
  MODEL_LOAD_FAILED: ExitCode.modelUnusable,
  CONTEXT_CREATE_FAILED: ExitCode.modelUnusable,
  LIBRARY_MISMATCH: ExitCode.libraryUnusable,
  LIBRARY_NOT_FOUND: ExitCode.libraryUnusable,
};

/** The exit status for a failure. */
export function exitCodeFor(error: unknown): number {
  return (MullamaError.isInstance(error) ? OF_ERROR[error.code] : undefined) ?? ExitCode.failure;
}
