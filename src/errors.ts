/** A line that llama.cpp or ggml logged. */
export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly text: string;
}

/** Every `code` that a {@link MullamaError} can carry. Codes are stable; messages are not. */
export type ErrorCode =
  | "ABORTED"
  | "ADAPTER_LOAD_FAILED"
  | "ADDRESS_UNAVAILABLE"
  | "ARGUMENT_INVALID"
  | "BODY_TOO_LARGE"
  | "BUSY"
  | "CONTEXT_CREATE_FAILED"
  | "CONTEXT_FULL"
  | "DEADLINE_EXCEEDED"
  | "DECODE_FAILED"
  | "DISPOSED"
  | "DOWNLOAD_FAILED"
  | "ENGINE_CRASHED"
  | "FORBIDDEN"
  | "GGUF_INVALID"
  | "GRAMMAR_INVALID"
  | "GRAMMAR_REJECTED"
  | "KV_CACHE_FULL"
  | "LIBRARY_MISMATCH"
  | "LIBRARY_NOT_FOUND"
  | "MODELFILE_INVALID"
  | "MCP_CONNECTION_FAILED"
  | "MODEL_LOAD_FAILED"
  | "MODEL_NOT_FOUND"
  | "NOT_FOUND"
  | "OUTPUT_INVALID"
  | "OUTPUT_MISSING"
  | "OUT_OF_MEMORY"
  | "OUT_OF_SPACE"
  | "PROMPT_TOO_LONG"
  | "PUSH_FAILED"
  | "QUANTIZE_FAILED"
  | "QUEUE_FULL"
  | "RATE_LIMITED"
  | "SAMPLING_FAILED"
  | "SAVE_FAILED"
  | "SCHEMA_UNSUPPORTED"
  | "SERVICE_FAILED"
  | "SERVICE_UNAVAILABLE"
  | "STALE_VIEW"
  | "STATE_INVALID"
  | "STATE_LOAD_FAILED"
  | "SYMBOL_MISSING"
  | "TEMPLATE_FAILED"
  | "TEMPLATE_UNSUPPORTED"
  | "TOKENIZE_FAILED"
  | "TOOL_FAILED"
  | "TRAINING_FAILED"
  | "UNAUTHENTICATED"
  | "UNSUPPORTED";

export interface MullamaErrorOptions {
  /** What failed underneath, if anything did. */
  readonly cause?: unknown;
  /** What to do about it, as one sentence. */
  readonly hint?: string | undefined;
  /** What llama.cpp logged while failing. Warnings and errors are kept, the rest is dropped. */
  readonly log?: readonly LogLine[] | undefined;
}

const MARKER = Symbol.for("mullama.error");

/**
 * What every failure in mullama is: an `Error` with a stable `code`.
 *
 * @example
 * try { Model.load("missing.gguf"); }
 * catch (error) { if (MullamaError.isInstance(error)) console.log(error.code, error.hint, error.log); }
 */
export class MullamaError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly log: readonly LogLine[];
  /** @internal Recognised by `isInstance` across two copies of the package. */
  readonly [MARKER] = true;

  constructor(code: ErrorCode, message: string, options: MullamaErrorOptions = {}) {
    const log = (options.log ?? []).filter((line) => line.level === "warn" || line.level === "error");
    super(describe(message, options.hint, log), options.cause === undefined ? {} : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint;
    this.log = log;
  }

  /** Whether `value` is a MullamaError, of this copy of the package or of another. */
  static isInstance(value: unknown): value is MullamaError {
    return typeof value === "object" && value !== null && MARKER in value;
  }
}

function describe(message: string, hint: string | undefined, log: readonly LogLine[]): string {
  const words = log.map((line) => `\n  llama.cpp: ${line.text.trimEnd()}`).join("");
  return `${message}${hint === undefined ? "" : ` ${hint}`}${words}`;
}

/** An argument was wrong: which one, what is allowed, what came. Code `ARGUMENT_INVALID`. */
export class ArgumentError extends MullamaError {
  readonly argument: string;
  readonly allowed: string;
  readonly received: unknown;

  constructor(argument: string, allowed: string, received: unknown, options: MullamaErrorOptions = {}) {
    super("ARGUMENT_INVALID", `${argument} must be ${allowed}, but is ${show(received)}.`, options);
    this.argument = argument;
    this.allowed = allowed;
    this.received = received;
  }
}

/** An object was used after its disposal. Code `DISPOSED`. */
export class DisposedError extends MullamaError {
  constructor(what: string) {
    super("DISPOSED", `This ${what} has been disposed.`, { hint: "Create a new one, or dispose it later." });
  }
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return `${value.constructor.name}(${lengthOf(value)})`;
  return typeof value === "object" && value !== null
    ? `a ${value.constructor?.name ?? "null-prototype"} object`
    : String(value);
}

function lengthOf(value: readonly unknown[] | ArrayBufferView): number {
  return Array.isArray(value) ? value.length : (value as ArrayBufferView).byteLength;
}
