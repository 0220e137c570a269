import { MullamaError } from "../errors.js";
import { findInCatalogue } from "./catalogue.js";
import type { ModelRecord, StoredFile } from "./model-record.js";
import { remoteOfEntry, type RemoteModel } from "./name.js";
import { parseSource } from "./parse-source.js";
import { formatSource, type ModelSource } from "./source.js";
import { isSourceName } from "./store/record-name.js";

/**
 * What has to be fetched again of a model whose files are gone, from where its record says that it came.
 *
 * @returns undefined where that cannot give it back
 */
export function lostModel(record: ModelRecord, missing: readonly StoredFile[]): RemoteModel | undefined {
  const source = parseSource(record.source);
  if (source === undefined) return undefined;
  const isOwn = isOwnModel(record, source);
  // Of a model of the user's own, only what it was made from is there.
  const { files, projector } = record;
  if (isOwn && !missing.every((file) => files.includes(file) || file === projector)) return undefined;
  const entry = isOwn ? undefined : findInCatalogue(record.name);
  const isFromCatalogue = entry?.sources.some((each) => formatSource(each) === record.source) === true;
  return {
    kind: "remote",
    name: record.name,
    expected: { size: undefined, sha256: undefined },
    sources: [source],
    ...(isFromCatalogue && remoteOfEntry(entry)),
    ...(isOwn && { lost: record }),
  };
}

/**
 * A record of the user's own with files that have come again. Other files than it had would be another model.
 *
 * @param again what has come, with what else its source says
 * @throws {MullamaError} `MODEL_NOT_FOUND` where they are others
 */
export function restoredRecord(lost: ModelRecord, again: ModelRecord): ModelRecord {
  const digests = ({ files }: ModelRecord): string => files.map(({ sha256 }) => sha256).join();
  if (digests(lost) !== digests(again))
    throw new MullamaError("MODEL_NOT_FOUND", `${lost.name} has lost a file, and ${lost.source} has another one now.`, {
      hint: "Put the file back, or create the model again.",
    });
  const isSameProjector = lost.projector !== undefined && lost.projector.sha256 === again.projector?.sha256;
  return { ...lost, files: again.files, ...(isSameProjector && { projector: again.projector }) };
}

/** Whether a record says more than its source does, or has another name than a model from there gets by itself. */
function isOwnModel({ name, source: from, definition }: ModelRecord, { kind }: ModelSource): boolean {
  const isRegistry = kind === "ollama" || kind === "docker";
  if (isRegistry && (name === from || from === `ollama:${name}`)) return false;
  return definition !== undefined || !(isSourceName(name) || findInCatalogue(name)?.name === name);
}
