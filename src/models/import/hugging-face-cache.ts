import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import { MullamaError } from "../../errors.js";
import { metadataString, splitCount, splitPaths, validateGgufFile } from "../../gguf/index.js";
import { throwIfAborted } from "../cancel.js";
import { cacheFolder } from "../hub/cache.js";
import type { ModelRecord, StoredFile } from "../model-record.js";
import { hashFile } from "../store/hash-file.js";
import { ModelStore } from "../store/model-store.js";
import { ImportLog, type ImportOptions, type ImportReport } from "./import-report.js";

/**
 * Makes the GGUF files that Hugging Face's own programs have fetched usable, without copying any of them: each under the
 * name `hf:org/repo:file.gguf`, where its snapshot is what `main` was last, or else `hf:org/repo@commit:file.gguf`.
 *
 * @param store where they are remembered
 * @param options `folder`: default `HF_HUB_CACHE`, or the folder `hub` in `HF_HOME` or in `~/.cache/huggingface`
 */
export async function importHuggingFace(
  store: ModelStore = new ModelStore(),
  options: ImportOptions = {},
): Promise<ImportReport> {
  const folder = resolve(options.folder ?? cacheFolder());
  const log = new ImportLog(store, options);
  for (const entry of await namesIn(folder)) {
    const repo = /^models--(?<org>[\w.-]+?)--(?<name>[\w.-]+)$/.exec(entry)?.groups;
    if (repo === undefined) continue;
    await importRepository(join(folder, entry), `${repo["org"]}/${repo["name"]}`, log, options);
  }
  return log.report(folder);
}

async function importRepository(folder: string, repo: string, log: ImportLog, options: ImportOptions): Promise<void> {
  const main = await readFile(join(folder, "refs", "main"), "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );
  for (const commit of await namesIn(join(folder, "snapshots"))) {
    const snapshot = join(folder, "snapshots", commit);
    const entries = await readdir(snapshot, { recursive: true }).catch(() => []);
    const paths = entries.filter((path) => /\.gguf$/i.test(path)).toSorted();
    const projectors = paths.filter((path) => isProjector(join(snapshot, path)));
    const [projector] = projectors.length === 1 ? projectors : [];
    for (const path of paths.filter((each) => !projectors.includes(each))) {
      if (options.signal !== undefined) throwIfAborted(options.signal);
      const part = /-(?<index>\d{5})-of-\d{5}\.gguf$/.exec(path)?.groups?.["index"];
      if (part !== undefined && part !== "00001") continue;
      const name = `hf:${repo}${commit === main ? "" : `@${commit}`}:${path.split(sep).join("/")}`;
      await log.import(name, () => readModel(snapshot, name, path, projector, options));
    }
  }
}

async function readModel(
  snapshot: string,
  name: string,
  path: string,
  projector: string | undefined,
  options: ImportOptions,
): Promise<{ readonly record: ModelRecord; readonly notes: readonly string[] }> {
  const whole = join(snapshot, path);
  const header = validateGgufFile(whole);
  const type = metadataString(header.metadata, "general.type") ?? "model";
  if (type !== "model") throw new MullamaError("UNSUPPORTED", `It is no model, but of the type ${type}.`);
  const parts = splitCount(header) === 1 ? [whole] : splitPaths(whole, header);
  const files: StoredFile[] = [];
  for (const part of parts) files.push(await cachedFile(part, options));
  const record: ModelRecord = {
    name,
    source: name,
    created: new Date().toISOString(),
    files,
    ...(projector !== undefined && { projector: await cachedFile(join(snapshot, projector), options) }),
  };
  const seen = projector === undefined ? [] : [`${relative(snapshot, join(snapshot, projector))} is its projector.`];
  return { record, notes: seen };
}

/** A file of the cache. It is a link to one that is named by its digest, where the disk has links; else it is hashed. */
async function cachedFile(path: string, { signal }: ImportOptions): Promise<StoredFile> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new MullamaError("MODEL_NOT_FOUND", `The file ${path} is not there.`);
  const blob = basename(await realpath(path));
  const sha256 = /^[\da-f]{64}$/.test(blob) ? blob : await hashFile(path, { signal });
  return { sha256, size: found.size, path, modified: found.mtimeMs };
}

function isProjector(path: string): boolean {
  try {
    return metadataString(validateGgufFile(path).metadata, "general.architecture") === "clip";
  } catch {
    return false;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).toSorted();
}
