/** Errors as plain data, for another thread or process, and back. */
import { ArgumentError, type ErrorCode, type LogLine, MullamaError } from "../../errors.js";
import type { EngineEvent } from "../protocol.js";

/** An error that can be sent anywhere. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: ErrorCode;
  readonly hint?: string | undefined;
  readonly log?: readonly LogLine[];
  readonly argument?: string;
  readonly allowed?: string;
  readonly received?: string;
}

/** An event whose error is plain. */
export type PlainEvent =
  | Exclude<EngineEvent, { type: "error" }>
  | { readonly type: "error"; readonly id: number; readonly error: PlainError };

export function toPlainEvents(events: readonly EngineEvent[]): PlainEvent[] {
  return events.map((event) => (event.type === "error" ? { ...event, error: toPlainError(event.error) } : event));
}

export function fromPlainEvents(events: readonly PlainEvent[]): EngineEvent[] {
  return events.map((event) => (event.type === "error" ? { ...event, error: fromPlainError(event.error) } : event));
}

export function toPlainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message, stack } = error;
  if (!MullamaError.isInstance(error)) return { name, message, stack };
  const { code, hint, log } = error;
  const plain = { name, message, stack, code, hint, log };
  if (!(error instanceof ArgumentError)) return plain;
  const { argument, allowed, received } = error;
  return { ...plain, argument, allowed, received: String(received) };
}

export function fromPlainError(plain: PlainError): Error {
  const error = revive(plain);
  Object.defineProperty(error, "message", { value: plain.message });
  if (plain.stack !== undefined) Object.defineProperty(error, "stack", { value: plain.stack });
  return error;
}

function revive({ name, message, code, hint, log, argument, allowed, received }: PlainError): Error {
  const options = { hint, log };
  if (argument !== undefined) return new ArgumentError(argument, allowed ?? "", received, options);
  if (code !== undefined) return new MullamaError(code, message, options);
  // What a user's own code threw, such as a logits processor.
  return Object.assign(new MullamaError("ENGINE_CRASHED", message), { name });
}
