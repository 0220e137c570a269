import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentError, MullamaError } from "../../errors.js";
import { throwIfAborted } from "../cancel.js";
import type { StoredFile } from "../model-record.js";
import { PartialFile } from "../partial-file.js";
import type { ModelStore } from "./model-store.js";

/**
 * Puts a file into the store as its bytes come, and checks them against their digest.
 *
 * @throws {MullamaError} `DOWNLOAD_FAILED` where the bytes have another digest, `OUT_OF_SPACE`, `ABORTED`
 */
export async function keepBlob(
  store: ModelStore,
  sha256: string,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal = new AbortController().signal,
): Promise<StoredFile> {
  if (!/^[\da-f]{64}$/.test(sha256)) throw new ArgumentError("sha256", "64 lower-case hexadecimal digits", sha256);
  const folder = join(store.home, "partial");
  await mkdir(folder, { recursive: true });
  const path = join(folder, `blob-${randomUUID()}.part`);
  const file = await PartialFile.open(path);
  try {
    for await (const chunk of bytes) {
      throwIfAborted(signal);
      await file.append(chunk);
    }
    return await store.keep(await file.finish({ sha256, size: undefined }));
  } catch (error) {
    if (MullamaError.isInstance(error)) throw error;
    throw new MullamaError("DOWNLOAD_FAILED", `The bytes stopped coming: ${String(error)}.`, { cause: error });
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}
