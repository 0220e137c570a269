import { checkEngineOptions } from "../../../engine/engine-parts.js";
import type { FitReport } from "../../../engine/fit/auto-fit.js";
import { fitEngine } from "../../../engine/fit/fit-engine.js";
import { MullamaError } from "../../../errors.js";
import { GgufFile, type GgufHeader, splitPaths } from "../../../gguf/index.js";
import { ModelStore, type ResolvedModel, resolveModel, type StoredModel } from "../../../models/index.js";

/** All that there is to show of a model. */
export interface ShownModel {
  readonly resolved: ResolvedModel;
  /** What the store says of it, where it has it. */
  readonly stored: StoredModel | undefined;
  /** That of the first file, with the tensors of all. */
  readonly header: GgufHeader;
  /** Bytes of all its files of weights. */
  readonly size: number;
  /** What it would take here; the reason as a text, where that cannot be told. */
  readonly fit: FitReport | string;
}

/** @throws {MullamaError} `MODEL_NOT_FOUND`, `GGUF_INVALID` */
export async function readModel(name: string): Promise<ShownModel> {
  const resolved = await resolveModel(name, { offline: true });
  const stored = (await new ModelStore().list()).find((one) => one.name === resolved.name);
  const headers = headersOf(resolved.path);
  const [first] = headers;
  const header = { ...first, tensors: new Map(headers.flatMap(({ tensors }) => [...tensors])) };
  const size = headers.reduce((sum, { fileSize }) => sum + fileSize, 0);
  return { resolved, stored, header, size, fit: fitOf(resolved) };
}

/** The headers of a model's files: of one, or of those that it is split into. */
function headersOf(path: string): readonly [GgufHeader, ...GgufHeader[]] {
  const first = headerOf(path);
  return [first, ...splitPaths(path, first).slice(1).map(headerOf)];
}

function headerOf(path: string): GgufHeader {
  using file = GgufFile.open(path);
  return file.header;
}

function fitOf({ path, definition }: ResolvedModel): FitReport | string {
  const { contextSize } = definition?.defaults ?? {};
  try {
    return fitEngine(checkEngineOptions({ path, ...(contextSize === undefined ? {} : { contextSize }) }));
  } catch (error) {
    return MullamaError.isInstance(error) ? error.message : String(error);
  }
}
