import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** Bytes that become free when a file or a folder goes: none of a file that another name keeps. */
export async function bytesFreed(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.nlink > 1 ? 0 : found.size;
  const names = await readdir(path).catch(() => []);
  const sizes = await Promise.all(names.map((name) => bytesFreed(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}
