import { checkEngineOptions } from "../../../engine/engine-parts.js";
import type { FitReport } from "../../../engine/fit/auto-fit.js";
import { fitEngine } from "../../../engine/fit/fit-engine.js";
import { MullamaError } from "../../../errors.js";
import { GgufFile, type GgufHeader } from "../../../gguf/index.js";
import { ModelStore, type ResolvedModel, resolveModel, type StoredModel } from "../../../models/index.js";

/** All that there is to show of a model. */
export interface ShownModel {
  readonly resolved: ResolvedModel;
  /** What the store says of it, where it has it. */
  readonly stored: StoredModel | undefined;
  readonly header: GgufHeader;
  /** What it would take here; the reason as a text, where that cannot be told. */
  readonly fit: FitReport | string;
}

/** @throws {MullamaError} `MODEL_NOT_FOUND`, `GGUF_INVALID` */
export async function readModel(name: string): Promise<ShownModel> {
  const resolved = await resolveModel(name, { offline: true });
  const stored = (await new ModelStore().list()).find((one) => one.name === resolved.name);
  using file = GgufFile.open(resolved.path);
  return { resolved, stored, header: file.header, fit: fitOf(resolved) };
}

function fitOf({ path, definition }: ResolvedModel): FitReport | string {
  const { contextSize } = definition?.defaults ?? {};
  try {
    return fitEngine(checkEngineOptions({ path, ...(contextSize === undefined ? {} : { contextSize }) }));
  } catch (error) {
    return MullamaError.isInstance(error) ? error.message : String(error);
  }
}
