import { MullamaError } from "../errors.js";

/**
 * Writes a failure for people: what failed, what to do, and what llama.cpp said.
 * The stack is for `MULLAMA_DEBUG=1` alone.
 */
export function describeError(error: unknown, debug = process.env["MULLAMA_DEBUG"] === "1"): string {
  if (debug && error instanceof Error) return `error: ${error.stack ?? error.message}\n`;
  if (!MullamaError.isInstance(error)) return `error: ${error instanceof Error ? error.message : String(error)}\n`;
  const log = error.log.map((line) => `  llama.cpp: ${line.text.trimEnd()}\n`).join("");
  const hint = error.hint === undefined ? "" : `hint: ${error.hint}\n`;
  return `error: ${summaryOf(error)}\n${log}${hint}`;
}

/** The message without the hint and the log, which stand at its end. */
function summaryOf(error: MullamaError): string {
  const end = error.hint === undefined ? -1 : error.message.indexOf(` ${error.hint}`);
  const summary = end === -1 ? error.message : error.message.slice(0, end);
  const firstLog = summary.indexOf("\n  llama.cpp: ");
  return firstLog === -1 ? summary : summary.slice(0, firstLog);
}
