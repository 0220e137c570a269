import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ModelRecord, StoredFile } from "../model-record.js";

/** Reads a record; undefined where there is none, or none that can be understood. */
export async function readRecord(path: string): Promise<ModelRecord | undefined> {
  try {
    const text = await readFile(path, "utf8");
    const read: unknown = JSON.parse(text);
    if (isRecord(read)) return read;
    if (!isOldRecord(read)) return undefined;
    const { name, source, sha256, size } = read;
    return { name, source, created: (await stat(path)).mtime.toISOString(), files: [{ sha256, size }] };
  } catch {
    return undefined;
  }
}

/** Reads every record of a folder; undefined beside the path of one that cannot be understood. */
export async function readRecords(
  folder: string,
): Promise<{ readonly path: string; readonly record: ModelRecord | undefined }[]> {
  const names = await readdir(folder).catch(() => []);
  const paths = names.filter((name) => name.endsWith(".json")).map((name) => join(folder, name));
  return Promise.all(paths.map(async (path) => ({ path, record: await readRecord(path) })));
}

/** Every file that a record names. */
export function filesOf(record: ModelRecord): readonly StoredFile[] {
  const { files, projector, draft, adapters = [] } = record;
  return [...files, ...[projector, draft].filter((file) => file !== undefined), ...adapters];
}

/** What records were before models could have more than one file. */
interface OldRecord extends StoredFile {
  readonly name: string;
  readonly source: string;
}

function isOldRecord(value: unknown): value is OldRecord {
  return isFile(value) && has(value, "name", "string") && has(value, "source", "string");
}

function isRecord(value: unknown): value is ModelRecord {
  if (!has(value, "name", "string") || !has(value, "source", "string") || !has(value, "created", "string"))
    return false;
  const { files, projector, draft, adapters } = value as Partial<Record<keyof ModelRecord, unknown>>;
  const others = [projector, draft].filter((file) => file !== undefined);
  return isFiles(files) && files.length > 0 && others.every(isFile) && (adapters === undefined || isFiles(adapters));
}

function isFiles(value: unknown): value is readonly StoredFile[] {
  return Array.isArray(value) && value.every(isFile);
}

function isFile(value: unknown): value is StoredFile {
  if (!has(value, "sha256", "string") || !has(value, "size", "number")) return false;
  const { sha256, path } = value as { readonly sha256: string; readonly path?: unknown };
  return /^[\da-f]{64}$/.test(sha256) && (path === undefined || typeof path === "string");
}

function has(value: unknown, key: string, type: "string" | "number"): value is object {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, key) === type;
}
