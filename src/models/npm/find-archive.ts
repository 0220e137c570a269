import { open, readdir } from "node:fs/promises";
import { join } from "node:path";

/** The package in a cache of npm's that was made for it: beside it, there is only what the registry says of it, as text. */
export async function findArchive(cache: string): Promise<string | undefined> {
  const folder = join(cache, "_cacache", "content-v2");
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  for (const path of names.map((name) => join(folder, name))) if (await isCompressed(path)) return path;
  return undefined;
}

/** Whether a file begins as gzip does. */
async function isCompressed(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  try {
    const { bytesRead, buffer } = (await file?.read(Buffer.alloc(2), 0, 2, 0)) ?? { bytesRead: 0, buffer: Buffer.of() };
    return bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b;
  } catch {
    // A folder.
    return false;
  } finally {
    await file?.close();
  }
}
