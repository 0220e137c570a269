import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { type ModelDefinition, type ModelRecord, ModelStore, resolveModel } from "../../../models/index.js";
import { type FileInfo, infoOf, readFileInfo } from "../../../models/store/file-info.js";
import type { ServedModel } from "../../directory/served-model.js";

/** What can be said of a model without loading it. */
export interface ModelDescription {
  readonly name: string;
  readonly modified: Date;
  /** Bytes of its files. */
  readonly size: number;
  /** Tells what the model is, its files and their use, but not its name; 64 hexadecimal digits. */
  readonly digest: string;
  /** Its (first) file. */
  readonly path: string;
  readonly info: FileInfo | undefined;
  readonly definition: ModelDefinition;
  /** What it was made from, where that has a name. */
  readonly parent: string;
}

/** Describes a model: one of the store, or a file that a preset names. */
export async function describeModel(served: ServedModel): Promise<ModelDescription> {
  const { home, network, chatTemplate } = served.options;
  const { path, files, name, definition = {} } = await resolveModel(served.source, { offline: true, home, network });
  const store = new ModelStore(home);
  const record = await store.get(name).catch(() => undefined);
  const own = record !== undefined && store.locate(record.files[0] ?? { sha256: "", size: 0 });
  const stats = files.map((file) => statSync(file));
  const modified = new Date(Math.max(...stats.map(({ mtimeMs }) => mtimeMs)));
  const known = record?.files[0];
  const info = known === undefined || own !== path ? infoOf(path) : await readFileInfo(store.home, known, path);
  return {
    name: served.id,
    modified: record === undefined ? modified : new Date(record.created),
    size: stats.reduce((sum, { size }) => sum + size, 0),
    digest: digestOf(record ?? { files: stats.map(({ size, mtimeMs }) => ({ size, mtimeMs })) }, served),
    path,
    info,
    definition: chatTemplate === undefined ? definition : { ...definition, template: chatTemplate },
    parent: record === undefined || record.source === "file" ? "" : record.source,
  };
}

function digestOf(record: Partial<ModelRecord> | object, { options, defaults, system }: ServedModel): string {
  const { name: _name, created: _created, source: _source, ...what } = { ...record } as Partial<ModelRecord>;
  return createHash("sha256")
    .update(JSON.stringify([what, options, defaults, system]))
    .digest("hex");
}
