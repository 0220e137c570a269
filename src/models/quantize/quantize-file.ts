import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { MullamaError } from "../../errors.js";
import { inheritedOptions } from "../../engine/hosts/entries.js";
import { fromPlainError } from "../../engine/hosts/plain-error.js";
import { aborted, throwIfAborted } from "../cancel.js";
import type { HashOptions } from "../store/hash-file.js";
import { withPace } from "../with-pace.js";
import type { QuantizeNews, QuantizeOrder } from "./quantize-messages.js";

const entry = new URL("./quantize-entry.js", import.meta.url);

/**
 * Quantizes a file in a process of its own: there it can be stopped, and what C does when memory runs out ends that
 * process and not this one.
 *
 * @throws {MullamaError} what `quantize` throws; `ABORTED`; `QUANTIZE_FAILED` where the process ends
 */
export async function quantizeFile(order: QuantizeOrder, { signal, onProgress }: HashOptions = {}): Promise<void> {
  if (signal !== undefined) throwIfAborted(signal);
  const child = fork(fileURLToPath(entry), {
    execArgv: inheritedOptions(),
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const report = withPace(onProgress ?? (() => undefined));
  const stop = (): void => void child.kill("SIGKILL");
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const last = await new Promise<QuantizeNews | string>((resolve) => {
      let news: QuantizeNews | undefined;
      child.on("message", (heard: QuantizeNews) => {
        if (heard.type !== "progress") news = heard;
        else report({ phase: "quantize", source: order.type, received: heard.received, total: heard.total });
      });
      child.on("error", (error) => resolve(error.message));
      child.on("close", (code, kill) => resolve(news ?? kill ?? `exit code ${code}`));
      child.send(order, () => undefined);
    });
    if (signal?.aborted === true) throw aborted(signal);
    if (typeof last === "string")
      throw new MullamaError("QUANTIZE_FAILED", `The process that quantized ${order.input} has ended (${last}).`, {
        hint: last === "SIGKILL" ? "The system kills processes when memory runs out." : undefined,
      });
    if (last.type === "failed") throw fromPlainError(last.error);
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
