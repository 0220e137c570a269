import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { StoredFile } from "../model-record.js";
import { hashFile, type HashOptions } from "./hash-file.js";
import type { ModelStore } from "./model-store.js";
import { filesOf, readRecords } from "./record-file.js";

/** Something in the store that is not as it should be. */
export interface StoreFault {
  /** `record`: it cannot be read. `missing`: the file is gone. `size`, `digest`: it has other bytes than it had. */
  readonly problem: "record" | "missing" | "size" | "digest";
  readonly path: string;
  /** The models that need it. */
  readonly models: readonly string[];
}

/** Reads every file of every model again, and tells what is not as it was. */
export async function verifyStore(store: ModelStore, options: HashOptions): Promise<readonly StoreFault[]> {
  const faults: StoreFault[] = [];
  const files = new Map<string, { readonly file: StoredFile; readonly models: string[] }>();
  for (const { path, record } of await readRecords(join(store.home, "names"))) {
    if (record === undefined) faults.push({ problem: "record", path, models: [] });
    for (const file of record === undefined ? [] : filesOf(record)) {
      const key = `${file.sha256} ${store.locate(file)}`;
      const known = files.get(key) ?? { file, models: [] };
      known.models.push(record?.name ?? "");
      files.set(key, known);
    }
  }
  for (const { file, models } of files.values()) {
    const path = store.locate(file);
    const problem = await problemOf(path, file, options);
    if (problem !== undefined) faults.push({ problem, path, models });
  }
  return faults;
}

async function problemOf(
  path: string,
  { size, sha256 }: StoredFile,
  options: HashOptions,
): Promise<StoreFault["problem"] | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return "missing";
  if (found.size !== size) return "size";
  return (await hashFile(path, options)) === sha256 ? undefined : "digest";
}
