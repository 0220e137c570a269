import type { AccessRecord } from "../../../server/index.js";

/** A line for each request, without what was said in it. */
export function requestLine(record: AccessRecord, asJson: boolean, now: Date = new Date()): string {
  if (asJson) return JSON.stringify({ time: now.toISOString(), ...record });
  const { method, path, status, ms, model = "", key = "", requestId } = record;
  const time = now.toTimeString().slice(0, 8);
  const parts = [time, status, method, path, `${Math.round(ms.ended)} ms`, model, key, requestId];
  return parts.filter((part) => part !== "").join("  ");
}
