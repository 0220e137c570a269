/** Loading a model, in every way that C has. The file is checked first: on some faults C ends the process. */
import { ArgumentError, type LogLine, MullamaError } from "../errors.js";
import { checkModelMetadata, GgufFile, type GgufHeader, validateModelFile } from "../gguf/index.js";
import { closeFile, type llama_model_params, openFile, type Pointer, seekFile } from "../native/index.js";
import { checkArray, checkInteger, checkText } from "./check.js";
import { Handle } from "./handle.js";
import { api, callAsync, orThrow, orThrowAsync } from "./library.js";
import { applyOverrides } from "./metadata-overrides.js";
import type { ModelBelongings } from "./model-belongings.js";
import { checkModelOptions, modelParams, type ModelOptions } from "./model-options.js";
import { rememberTensors } from "./model-tensors.js";

type ModelPointer = Pointer<"llama_model">;

/** `llama_model_load_from_file`. */
export function loadFromFile(path: string, options: ModelOptions): Handle<"llama_model"> {
  const header = checkHeader(validateModelFile(checkText("path", path)), options);
  return remember(
    loadWith(path, options, (params) => api().llama_model_load_from_file(path, params)),
    header,
    options,
  );
}

export async function loadFromFileAsync(path: string, options: ModelOptions): Promise<Handle<"llama_model">> {
  const header = checkHeader(validateModelFile(checkText("path", path)), options);
  const load = (params: llama_model_params): Promise<ModelPointer | null> =>
    callAsync(api().llama_model_load_from_file, path, params);
  return remember(await loadWithAsync(path, options, load), header, options);
}

/** `llama_model_load_from_splits`. */
export function loadFromSplits(paths: readonly string[], options: ModelOptions): Handle<"llama_model"> {
  const { list, header } = checkSplits(paths, options);
  const load = (params: llama_model_params): ModelPointer | null =>
    api().llama_model_load_from_splits(list, list.length, params);
  return remember(loadWith(list.join(", "), options, load), header, options);
}

export async function loadFromSplitsAsync(
  paths: readonly string[],
  options: ModelOptions,
): Promise<Handle<"llama_model">> {
  const { list, header } = checkSplits(paths, options);
  const load = (params: llama_model_params): Promise<ModelPointer | null> => {
    return callAsync(api().llama_model_load_from_splits, list, list.length, params);
  };
  return remember(await loadWithAsync(list.join(", "), options, load), header, options);
}

function checkSplits(paths: readonly string[], options: ModelOptions): { list: string[]; header: GgufHeader } {
  const list = checkArray("paths", paths).map((path, index) => checkText(`paths[${index}]`, path));
  const [first] = list;
  if (first === undefined) throw new ArgumentError("paths", "at least one path", paths);
  return { list, header: checkHeader(validateModelFile(first, list), options) };
}

/** `llama_model_load_from_file_ptr`, from byte `offset` of a larger file. */
export function loadFromOffset(path: string, offset: number, options: ModelOptions): Handle<"llama_model"> {
  const header = checkHeader(readHeaderAt(path, offset), options);
  using file = openAt(path, offset);
  const handle = loadWith(path, options, (params) => api().llama_model_load_from_file_ptr(file.pointer, params));
  return remember(handle, header, options);
}

export async function loadFromOffsetAsync(
  path: string,
  offset: number,
  options: ModelOptions,
): Promise<Handle<"llama_model">> {
  const header = checkHeader(readHeaderAt(path, offset), options);
  using file = openAt(path, offset);
  const load = (params: llama_model_params): Promise<ModelPointer | null> =>
    callAsync(api().llama_model_load_from_file_ptr, file.pointer, params);
  return remember(await loadWithAsync(path, options, load), header, options);
}

/** A `FILE *` at a byte of a file. */
function openAt(
  path: string,
  offset: number,
): Disposable & { readonly pointer: NonNullable<ReturnType<typeof openFile>> } {
  const pointer = openFile(path);
  if (pointer === null) throw new MullamaError("MODEL_NOT_FOUND", `${path} cannot be opened.`);
  const close = (): void => closeFile(pointer);
  if (seekFile(pointer, offset)) return { pointer, [Symbol.dispose]: close };
  close();
  throw new MullamaError("MODEL_LOAD_FAILED", `${path} has no byte ${offset}.`);
}

function readHeaderAt(path: string, offset: number): GgufHeader {
  checkInteger("offset", offset, 0, Number.MAX_SAFE_INTEGER);
  using file = GgufFile.open(checkText("path", path), offset);
  checkModelMetadata(file.header);
  return file.header;
}

function remember(
  handle: Handle<"llama_model">,
  { tensors }: GgufHeader,
  { extraBuffers }: ModelOptions,
): Handle<"llama_model"> {
  return rememberTensors(handle, { tensors, repacked: extraBuffers !== false });
}

/** What overrides make of the file's metadata must pass the same checks. */
function checkHeader(header: GgufHeader, options: ModelOptions): GgufHeader {
  checkModelOptions(options);
  if (options.metadata !== undefined) checkModelMetadata(applyOverrides(header, options.metadata));
  return header;
}

/** Runs a load with C's parameters, and makes a handle of what it gives. */
export function loadWith(
  what: string,
  options: ModelOptions,
  load: (params: llama_model_params) => ModelPointer | null,
): Handle<"llama_model"> {
  const { params, belongings } = begin(options);
  try {
    return finish(
      orThrow(() => load(params), failure(what, options, belongings)),
      belongings,
    );
  } catch (error) {
    belongings.free();
    throw error;
  }
}

async function loadWithAsync(
  what: string,
  options: ModelOptions,
  load: (params: llama_model_params) => Promise<ModelPointer | null>,
): Promise<Handle<"llama_model">> {
  const { params, belongings } = begin(options);
  try {
    return finish(await orThrowAsync(() => load(params), failure(what, options, belongings)), belongings);
  } catch (error) {
    belongings.free();
    throw error;
  }
}

function begin(options: ModelOptions): { params: llama_model_params; belongings: ModelBelongings } {
  const begun = modelParams(options);
  if (options.signal?.aborted !== true) return begun;
  begun.belongings.free();
  throw aborted(options);
}

function finish(pointer: ModelPointer, belongings: ModelBelongings): Handle<"llama_model"> {
  belongings.endProgress();
  return new Handle("model", pointer, { free: "llama_model_free", onFreed: () => belongings.free() });
}

function failure(what: string, options: ModelOptions, belongings: ModelBelongings): (log: readonly LogLine[]) => Error {
  return (log) => {
    belongings.rethrow();
    if (options.signal?.aborted === true || belongings.stopped) return aborted(options);
    return new MullamaError("MODEL_LOAD_FAILED", `llama.cpp could not load ${what}.`, { log });
  };
}

function aborted(options: ModelOptions): MullamaError {
  return new MullamaError("ABORTED", "Loading the model was stopped.", { cause: options.signal?.reason });
}
