import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { MullamaError } from "../errors.js";
import type { FetchOptions } from "./fetch-model.js";
import type { ModelRecord } from "./model-record.js";
import { definitionOf, parseModelfile, readMullamaJson } from "./modelfile/index.js";
import { resolveModel } from "./resolve.js";
import type { CreateModelOptions } from "./store/create-model.js";
import type { ModelStore } from "./store/model-store.js";

/** A model that was made of what a file says. */
export interface CreatedModel {
  readonly record: ModelRecord;
  /** What the file says that has no effect here, or another one than in Ollama, a sentence each. */
  readonly notes: readonly string[];
}

/** How a model is made of a file. */
export interface CreateFileOptions extends FetchOptions {
  readonly offline?: boolean;
  /** As `ModelStore.create` takes it. */
  readonly quantize?: CreateModelOptions["quantize"];
}

/** What a file says a model is made of. */
type Plan = Omit<CreateModelOptions, "from"> & { readonly from: string; readonly notes: readonly string[] };

/**
 * Makes a model of what a Modelfile or a `mullama.json` says. Files that it names are used where they are; a model that it
 * is made from and that is not on this machine is fetched.
 *
 * @param path the file, or the folder of a file that is called `Modelfile` or `mullama.json`
 * @throws {MullamaError} `MODELFILE_INVALID`, `TEMPLATE_UNSUPPORTED`, `MODEL_NOT_FOUND`, and what `resolveModel` throws
 *
 * @example
 * const { record, notes } = await createFromFile(new ModelStore(), "pirate", "./Modelfile");
 */
export async function createFromFile(
  store: ModelStore,
  name: string,
  path: string,
  options: CreateFileOptions = {},
): Promise<CreatedModel> {
  const file = await findFile(path);
  const { notes, ...plan } = file.endsWith(".json") ? await planOfJson(file) : await planOfModelfile(file);
  for (const needed of [plan.from, plan.draft]) if (needed !== undefined) await fetchIfRemote(store, needed, options);
  const { signal, onProgress, quantize } = options;
  const record = await store.create(name, { ...plan, signal, onProgress, quantize });
  return { record, notes };
}

async function findFile(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true) return resolve(path);
  for (const each of found?.isDirectory() === true ? ["Modelfile", "mullama.json"] : []) {
    if ((await stat(join(path, each)).catch(() => undefined))?.isFile() === true) return resolve(path, each);
  }
  throw new MullamaError("MODELFILE_INVALID", `There is no Modelfile at ${path}.`, {
    hint: "Name a Modelfile or a mullama.json, or a folder with one of them.",
  });
}

async function planOfModelfile(file: string): Promise<Plan> {
  const { definition, references, notes } = definitionOf(parseModelfile(await readFile(file, "utf8")));
  const here = (name: string): string => (looksLikePath(name) ? resolve(dirname(file), name) : name);
  const [projector, ...others] = references.files;
  const unused =
    others.length === 0 ? [] : [`only the first further FROM is used, as the projector; not ${others.join(", ")}`];
  return {
    from: here(references.from),
    definition,
    ...(projector === undefined ? {} : { projector: here(projector) }),
    ...(references.adapters.length === 0
      ? {}
      : { adapters: references.adapters.map((each) => ({ path: here(each) })) }),
    ...(references.draft === undefined ? {} : { draft: here(references.draft) }),
    notes: [...notes, ...unused],
  };
}

async function planOfJson(file: string): Promise<Plan> {
  const { definition, references } = await readMullamaJson(file);
  const { from, projector, draft, adapters } = references;
  return {
    from,
    definition,
    ...(projector === undefined ? {} : { projector }),
    ...(draft === undefined ? {} : { draft }),
    ...(adapters.length === 0 ? {} : { adapters }),
    notes: [],
  };
}

async function fetchIfRemote(
  store: ModelStore,
  name: string,
  options: FetchOptions & { readonly offline?: boolean },
): Promise<void> {
  if (looksLikePath(name) || /^@?sha256[:-]/.test(name)) return requireModelFile(name);
  if ((await store.find(name)) !== undefined) return;
  await resolveModel(name, { ...options, home: store.home });
}

async function requireModelFile(path: string): Promise<void> {
  if ((await stat(path).catch(() => undefined))?.isDirectory() !== true) return;
  throw new MullamaError("UNSUPPORTED", `${basename(path)} is a folder, and not a GGUF file.`, {
    hint: "Convert its weights to GGUF first.",
  });
}

function looksLikePath(name: string): boolean {
  return /^[./\\~]|^[a-z]:[\\/]|\.gguf$/i.test(name) && !/^(hf|pip|npm|ollama|docker|https?):/i.test(name);
}
