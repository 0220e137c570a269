import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { QuantizationType } from "../../llama/index.js";
import type { StoredFile } from "../model-record.js";
import { hashFile, type HashOptions } from "../store/hash-file.js";
import type { ModelStore } from "../store/model-store.js";
import { splitFolder } from "../store/split-folder.js";
import { quantizeFile } from "./quantize-file.js";

/** Makes a smaller file of a model's own, as one file of the store. Those that it is made of stay as they are. */
export async function quantizeStored(
  store: ModelStore,
  files: readonly StoredFile[],
  type: QuantizationType,
  options: HashOptions,
): Promise<StoredFile> {
  const [input = ""] = await splitFolder(store, files);
  const folder = join(store.home, "partial");
  await mkdir(folder, { recursive: true });
  // It becomes no larger than what it is made of.
  await store.requireSpace(files.reduce((sum, { size }) => sum + size, 0));
  const name = `quantized-${randomUUID()}`;
  const path = join(folder, name);
  try {
    await quantizeFile({ input, output: path, type }, options);
    const { size } = await stat(path);
    return await store.keep({ path, size, sha256: await hashFile(path, { signal: options.signal }) });
  } finally {
    // A process that was killed leaves its own unfinished file beside.
    const left = (await readdir(folder)).filter((file) => file.startsWith(name));
    for (const file of left) await rm(join(folder, file), { force: true });
  }
}
