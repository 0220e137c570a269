/** The process that quantizes a file. It ends when its parent does, or when it is killed: C cannot be stopped otherwise. */
import { statSync } from "node:fs";
import { toPlainError } from "../../engine/hosts/plain-error.js";
import { quantizeAsync } from "../../llama/index.js";
import type { QuantizeNews, QuantizeOrder } from "./quantize-messages.js";

process.on("disconnect", () => process.exit());
process.once("message", (order: QuantizeOrder) => void work(order));

function send(news: QuantizeNews): void {
  if (process.connected) process.send?.(news);
}

async function work(order: QuantizeOrder): Promise<void> {
  try {
    const { size } = statSync(order.input);
    await quantizeAsync({
      ...order,
      onProgress: ({ done, total }) =>
        send({ type: "progress", received: Math.round((size * done) / total), total: size }),
    });
    send({ type: "done" });
  } catch (error) {
    send({ type: "failed", error: toPlainError(error) });
  }
  process.disconnect();
}
