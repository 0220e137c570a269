/** Writing a loaded model to a file (`llama_model_save_to_file`). */
import { accessSync, constants, renameSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { MullamaError } from "../errors.js";
import { validateModelFile } from "../gguf/index.js";
import { captureLog, type Pointer } from "../native/index.js";
import { checkText } from "./check.js";
import { api } from "./library.js";
import { metadataValue } from "./model-metadata.js";

/** Architectures that llama.cpp asserts it cannot save. */
const unsaved: ReadonlySet<string> = new Set(["gemma3n", "bitnet", "t5", "apertus", "step35"]);

export function saveModel(model: Pointer<"llama_model">, path: string, hasTensors: boolean): void {
  const target = resolve(checkText("path", path));
  const architecture = metadataValue(model, "general.architecture") ?? "";
  if (!hasTensors) throw new MullamaError("UNSUPPORTED", "A model that was loaded without its tensors cannot be saved.");
  if (unsaved.has(architecture)) throw new MullamaError("UNSUPPORTED", `llama.cpp cannot save models of the architecture ${architecture}.`);
  checkFolder(target);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    const { log } = captureLog(api(), () => api().llama_model_save_to_file(model, temporary));
    if (statSync(temporary, { throwIfNoEntry: false }) === undefined) throw new MullamaError("SAVE_FAILED", `llama.cpp wrote nothing to ${path}.`, { log });
    // C does not say whether the disk was full.
    validateModelFile(temporary);
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function checkFolder(target: string): void {
  const folder = dirname(target);
  try {
    accessSync(folder, constants.W_OK);
    if (statSync(target, { throwIfNoEntry: false })?.isDirectory() === true) throw new MullamaError("SAVE_FAILED", `${target} is a folder.`);
  } catch (cause) {
    if (MullamaError.isInstance(cause)) throw cause;
    throw new MullamaError("SAVE_FAILED", `${folder} cannot be written to.`, { cause, hint: "Is the folder there, and yours?" });
  }
}
