import { stat } from "node:fs/promises";
import { ArgumentError, MullamaError } from "../../errors.js";
import { quantizationType } from "../../llama/index.js";
import type { ModelDefinition, ModelRecord, StoredAdapter, StoredFile } from "../model-record.js";
import { quantizeStored } from "../quantize/quantize-stored.js";
import { requireVersion } from "../require-version.js";
import type { HashOptions } from "./hash-file.js";
import { localFile, localFiles } from "./local-file.js";
import type { ModelStore } from "./model-store.js";
import { canonicalName, isSourceName } from "./record-name.js";

/** What a model of one's own is made of. */
export interface CreateModelOptions extends HashOptions {
  /**
   * What it is made from: the path of a GGUF file (the first one of a split model), which stays where it is;
   * `sha256:<hex>`, a file of the store by its digest, or all parts of a split model so; or the name of a model of the
   * store, whose files and definition it takes over.
   */
  readonly from: string | readonly string[];
  /** A projector (mmproj), named like a file of `from`. */
  readonly projector?: string | undefined;
  /** A small model that guesses ahead, named so too. */
  readonly draft?: string | undefined;
  /** LoRA adapters, named so too; in the place of those of the model that it is made from. */
  readonly adapters?: readonly { readonly path: string; readonly scale?: number | undefined }[] | undefined;
  /** What to quantize the weights to, one of `quantizationTypes()` in upper or lower case; they must be F32, F16 or BF16. */
  readonly quantize?: string | undefined;
  /** What is said here takes the place of what the model that it is made from says. */
  readonly definition?: ModelDefinition | undefined;
}

/** Makes a model of files that are on this machine, or of another model of the store. */
export async function createModel(store: ModelStore, name: string, options: CreateModelOptions): Promise<ModelRecord> {
  const { projector, draft, adapters, definition, quantize } = options;
  const canonical = canonicalName(name);
  const type = quantize === undefined ? undefined : quantizationType("quantize", quantize);
  requireVersion(canonical, definition?.requires);
  const base = await baseOf(store, options);
  const record: ModelRecord = {
    ...base,
    name: canonical,
    created: new Date().toISOString(),
    // What is made here cannot be had from where it was made of.
    ...(type !== undefined && { source: "file", files: [await quantizeStored(store, base.files, type, options)] }),
    ...(projector !== undefined && { projector: await localFile(store, projector, options) }),
    ...(draft !== undefined && { draft: await localFile(store, draft, options) }),
    ...(adapters !== undefined && { adapters: await adaptersOf(store, adapters, options) }),
    ...definitionOver(base.definition, definition),
  };
  return store.put(record);
}

type Base = Pick<ModelRecord, "source" | "files"> & Partial<ModelRecord>;

async function baseOf(store: ModelStore, options: CreateModelOptions): Promise<Base> {
  const { from } = options;
  if (typeof from !== "string") {
    const files: StoredFile[] = [];
    for (const part of from) files.push(await localFile(store, part, options));
    if (files.length === 0) throw new ArgumentError("from", "at least one file", from);
    return { source: "file", files };
  }
  const isFile = (await stat(from).catch(() => undefined))?.isFile() === true;
  if (isFile || /^@?sha256[:-]/.test(from)) {
    return { source: "file", files: await localFiles(store, from, options) };
  }
  if (!isSourceName(from) && /\.gguf$|^[./\\]/i.test(from))
    throw new MullamaError("MODEL_NOT_FOUND", `There is no file ${from}.`);
  return store.require(from);
}

async function adaptersOf(
  store: ModelStore,
  adapters: NonNullable<CreateModelOptions["adapters"]>,
  options: HashOptions,
): Promise<StoredAdapter[]> {
  const stored: StoredAdapter[] = [];
  for (const { path, scale } of adapters) {
    stored.push({ ...(await localFile(store, path, options)), ...(scale === undefined ? {} : { scale }) });
  }
  return stored;
}

function definitionOver(
  base: ModelDefinition | undefined,
  own: ModelDefinition | undefined,
): Pick<ModelRecord, "definition"> {
  if (own === undefined) return base === undefined ? {} : { definition: base };
  const defaults = { ...base?.defaults, ...own.defaults };
  // Another template is another one in Go, too.
  const kept = own.template === undefined ? base : { ...base, goTemplate: undefined };
  return { definition: { ...kept, ...own, ...(Object.keys(defaults).length > 0 && { defaults }) } };
}
