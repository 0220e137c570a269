/** Writing a loaded model to a file (`llama_model_save_to_file`). */
import { accessSync, constants, renameSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { MullamaError } from "../errors.js";
import { TENSOR_TYPES, type TensorInfo, validateModelFile } from "../gguf/index.js";
import { captureLog } from "../native/index.js";
import { checkText } from "./check.js";
import type { Handle } from "./handle.js";
import { api } from "./library.js";
import { metadataValue } from "./model-metadata.js";
import { tensorsOf } from "./model-tensors.js";

/** Architectures that llama.cpp asserts it cannot save. */
const unsaved: ReadonlySet<string> = new Set(["gemma3n", "bitnet", "t5", "apertus", "step35"]);

let saves = 0;

export function saveModel(model: Handle<"llama_model">, path: string, hasTensors: boolean): void {
  const pointer = model.pointer;
  const target = resolve(checkText("path", path));
  checkSavable(model, hasTensors);
  checkFolder(target);
  const temporary = `${target}.${process.pid}-${saves++}.tmp`;
  try {
    const { log } = captureLog(api(), () => api().llama_model_save_to_file(pointer, temporary));
    if (statSync(temporary, { throwIfNoEntry: false }) === undefined)
      throw new MullamaError("SAVE_FAILED", `llama.cpp wrote nothing to ${path}.`, { log });
    checkSaved(temporary, tensorsOf(model)?.tensors);
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function checkSavable(model: Handle<"llama_model">, hasTensors: boolean): void {
  const architecture = metadataValue(model.pointer, "general.architecture") ?? "";
  if (!hasTensors)
    throw new MullamaError("UNSUPPORTED", "A model that was loaded without its tensors cannot be saved.");
  if (unsaved.has(architecture))
    throw new MullamaError("UNSUPPORTED", `llama.cpp cannot save models of the architecture ${architecture}.`);
  const { tensors, repacked = false } = tensorsOf(model) ?? {};
  if (!repacked || ![...(tensors?.values() ?? [])].some(mayBeRepacked)) return;
  // Reading them back is a call through a null pointer.
  throw new MullamaError(
    "UNSUPPORTED",
    "The model's tensors may have been repacked for this processor, and cannot be saved.",
    {
      hint: "Load it with extraBuffers: false to save it.",
    },
  );
}

function mayBeRepacked({ type }: TensorInfo): boolean {
  return TENSOR_TYPES[type].blockSize > 1 || type === "F16";
}

/** C says neither that the disk was full nor that it left something out. */
function checkSaved(path: string, tensors: ReadonlyMap<string, TensorInfo> = new Map()): void {
  let saved: ReadonlyMap<string, TensorInfo>;
  try {
    saved = validateModelFile(path).tensors;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MullamaError("SAVE_FAILED", `What llama.cpp wrote is no whole model: ${why}`, { cause });
  }
  const missing = [...tensors.keys()].filter((name) => !saved.has(name));
  if (missing.length > 0)
    throw new MullamaError("UNSUPPORTED", `llama.cpp leaves out tensors of this model: ${missing.join(", ")}.`);
}

function checkFolder(target: string): void {
  const folder = dirname(target);
  try {
    accessSync(folder, constants.W_OK);
    if (statSync(target, { throwIfNoEntry: false })?.isDirectory() === true)
      throw new MullamaError("SAVE_FAILED", `${target} is a folder.`);
  } catch (cause) {
    if (MullamaError.isInstance(cause)) throw cause;
    throw new MullamaError("SAVE_FAILED", `${folder} cannot be written to.`, {
      cause,
      hint: "Is the folder there, and yours?",
    });
  }
}
