import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { throwIfAborted } from "../cancel.js";
import type { ProgressListener } from "../progress.js";
import { withPace } from "../with-pace.js";

export interface HashOptions {
  /** Stops it. */
  readonly signal?: AbortSignal | undefined;
  /** Hears how many bytes have been read. */
  readonly onProgress?: ProgressListener | undefined;
}

/** The SHA-256 of a file's bytes, in lower-case hexadecimal. */
export async function hashFile(path: string, { signal, onProgress }: HashOptions = {}): Promise<string> {
  const { size: total } = await stat(path);
  const hash = createHash("sha256");
  const report = withPace(onProgress ?? (() => undefined));
  let received = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    if (signal !== undefined) throwIfAborted(signal);
    hash.update(chunk as Uint8Array);
    received += (chunk as Uint8Array).length;
    report({ phase: "verify", source: path, received, total });
  }
  return hash.digest("hex");
}
