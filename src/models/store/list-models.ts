import type { ModelRecord } from "../model-record.js";
import { type FileInfo, readFileInfo } from "./file-info.js";
import type { ModelStore } from "./model-store.js";
import { filesOf } from "./record-file.js";

/** A model of the store as a list shows it. */
export interface StoredModel extends Partial<FileInfo> {
  readonly name: string;
  /** Where it came from, as the model name that means it. */
  readonly source: string;
  /** When it came into the store. */
  readonly modified: Date;
  /** Bytes of all its files, also those that it shares with other models. */
  readonly size: number;
  /** SHA-256 of its (first) GGUF file, in lower-case hexadecimal. */
  readonly digest: string;
  /** Where its (first) GGUF file lies. */
  readonly path: string;
  /** Whether all its files are there. */
  readonly complete: boolean;
  readonly record: ModelRecord;
}

/** Every model of a store, by name, with what its file says of it. */
export async function listModels(store: ModelStore): Promise<StoredModel[]> {
  const models: StoredModel[] = [];
  for (const record of await store.records()) models.push(await describeModel(store, record));
  return models.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function describeModel(store: ModelStore, record: ModelRecord): Promise<StoredModel> {
  const [first] = record.files;
  const path = first === undefined ? "" : store.locate(first);
  const info = first === undefined ? undefined : await readFileInfo(store.home, first, path);
  const sizes = new Map(filesOf(record).map(({ sha256, size }) => [sha256, size]));
  return {
    ...info,
    name: record.name,
    source: record.source,
    modified: new Date(record.created),
    size: [...sizes.values()].reduce((sum, size) => sum + size, 0),
    digest: first?.sha256 ?? "",
    path,
    complete: (await store.missingFrom(record)).length === 0,
    record,
  };
}
