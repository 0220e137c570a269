import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ArgumentError, MullamaError } from "../../errors.js";
import { splitCount, splitPaths, validateGgufFile } from "../../gguf/index.js";
import type { StoredFile } from "../model-record.js";
import { hashFile, type HashOptions } from "./hash-file.js";
import type { ModelStore } from "./model-store.js";

const DIGEST = /^@?sha256[:-](?<hex>[\da-f]{64})$/;

/**
 * A file that is on this machine, as a record names it: by its path, where it stays, or as `sha256:<hex>` by its digest
 * in the store. It is read once for its digest; nothing is copied.
 *
 * @throws {MullamaError} `MODEL_NOT_FOUND`, `ABORTED`, `GGUF_INVALID` for what is no GGUF file
 */
export async function localFile(store: ModelStore, given: string, options: HashOptions = {}): Promise<StoredFile> {
  const digest = DIGEST.exec(given)?.groups?.["hex"];
  const path = digest === undefined ? resolve(given) : store.pathOf(digest);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw new MullamaError("MODEL_NOT_FOUND", `There is no file ${given}.`);
  validateGgufFile(path);
  if (digest !== undefined) return { sha256: digest, size: found.size };
  const own = /^sha256-(?<hex>[\da-f]{64})\.gguf$/.exec(path.slice(dirname(path).length + 1))?.groups?.["hex"];
  if (own !== undefined && path === store.pathOf(own)) return { sha256: own, size: found.size };
  return { sha256: await hashFile(path, options), size: found.size, path, modified: found.mtimeMs };
}

/** All files of a model, from the path of its first. */
export async function localFiles(store: ModelStore, given: string, options: HashOptions = {}): Promise<StoredFile[]> {
  const first = await localFile(store, given, options);
  const header = validateGgufFile(store.locate(first));
  if (splitCount(header) === 1) return [first];
  if (first.path === undefined)
    throw new ArgumentError("from", "every part of a split model, in order, where they are named by digest", given);
  const rest = splitPaths(first.path, header).slice(1);
  const files = [first];
  for (const path of rest) files.push(await localFile(store, path, options));
  return files;
}
