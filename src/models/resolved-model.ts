import { stat } from "node:fs/promises";
import { MullamaError } from "../errors.js";
import type { AdapterChoice } from "../engine/generation-request.js";
import { lostModel } from "./lost-model.js";
import type { ModelDefinition, ModelRecord } from "./model-record.js";
import type { RemoteModel } from "./name.js";
import type { ModelStore } from "./store/model-store.js";
import { splitFolder } from "./store/split-folder.js";
import { canonicalName } from "./store/record-name.js";

/** A model's files on this machine, and how it wants to be used. */
export interface ResolvedModel {
  /** The GGUF file; the first one of a split model. */
  readonly path: string;
  /** Every GGUF file that the store knows of it, in order. */
  readonly files: readonly string[];
  /** The name, in its canonical form where it has one. */
  readonly name: string;
  /** Where the file came from, as the model name that means it; `file` for a path. */
  readonly source: string;
  /** What sees and hears for the model (mmproj). */
  readonly projector?: string | undefined;
  /** A small model of the same vocabulary, that guesses ahead. */
  readonly draft?: string | undefined;
  readonly adapters?: readonly AdapterChoice[] | undefined;
  readonly definition?: ModelDefinition | undefined;
}

/** A model that is one file. */
export function resolveFile(path: string, name: string, source: string): ResolvedModel {
  return { path, files: [path], name, source };
}

/** The files of a record that are known to be there. */
export async function resolveRecord(store: ModelStore, record: ModelRecord): Promise<ResolvedModel> {
  const { name, source, projector, draft, adapters, definition } = record;
  const files = await splitFolder(store, record.files);
  const [path = ""] = files;
  return {
    path,
    files,
    name,
    source,
    ...(projector && { projector: store.locate(projector) }),
    ...(draft && { draft: store.locate(draft) }),
    ...(adapters && {
      adapters: adapters.map(({ scale, ...file }) => ({
        path: store.locate(file),
        ...(scale === undefined ? {} : { scale }),
      })),
    }),
    ...(definition && { definition }),
  };
}

/**
 * Finds a model of the store by its name; undefined where the name means something else.
 *
 * @returns the model, or what has to be fetched again where files of it are gone
 * @throws {MullamaError} `MODEL_NOT_FOUND` where they cannot be had from anywhere
 */
export async function findModel(store: ModelStore, name: string): Promise<ResolvedModel | RemoteModel | undefined> {
  if (!isStoreName(name) || (await stat(name).catch(() => undefined))?.isFile() === true) return undefined;
  const record = await store.get(name);
  if (record === undefined) return undefined;
  const all = await store.missingFrom(record);
  const [missing] = all;
  if (missing === undefined) return resolveRecord(store, record);
  const lost = lostModel(record, all);
  if (lost !== undefined) return lost;
  throw new MullamaError(
    "MODEL_NOT_FOUND",
    `${record.name} needs ${store.locate(missing)}, which is gone or changed.`,
    {
      hint: "Put the file back, or create the model again.",
    },
  );
}

function isStoreName(name: string): boolean {
  try {
    canonicalName(name);
    return true;
  } catch {
    return false;
  }
}
