/**
 * State files in llama.cpp's own format, each with a seal beside it (`<path>.seal`): its size, digest, model and release.
 * A file without a seal is refused, unless the caller trusts it.
 */
import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { MullamaError } from "../errors.js";
import type { ContextState } from "./context-state.js";
import { checkFingerprint, fingerprintOf, invalid, type StateKind } from "./state-seal.js";

interface Seal {
  readonly format: "mullama-state-1";
  readonly kind: StateKind;
  readonly size: number;
  readonly sha256: string;
  readonly fingerprint: string;
}

/** Runs `write` on a temporary file beside `path`, seals it and moves it into place; nothing is left of a failure. */
export function sealFile(state: ContextState, kind: StateKind, path: string, temporary: string): void {
  const seal: Seal = {
    format: "mullama-state-1",
    kind,
    size: statSync(temporary).size,
    sha256: digestFile(temporary),
    fingerprint: Buffer.from(fingerprintOf(state)).toString("hex"),
  };
  writeFileSync(`${temporary}.seal`, `${JSON.stringify(seal)}\n`);
  // The seal first: if only it arrives, it does not fit the old file, which is refused then rather than trusted wrongly.
  renameSync(`${temporary}.seal`, `${path}.seal`);
  try {
    renameSync(temporary, path);
  } catch (error) {
    rmSync(`${path}.seal`, { force: true });
    throw error;
  }
}

export function temporaryFor(path: string): string {
  return `${path}.${process.pid}.${counter++}.tmp`;
}

let counter = 0;

export function removeTemporary(temporary: string): void {
  rmSync(temporary, { force: true });
  rmSync(`${temporary}.seal`, { force: true });
}

/** Refuses a file whose seal is missing or does not hold. */
export function checkSealedFile(state: ContextState, kind: StateKind, path: string): void {
  const seal = readSeal(path);
  if (seal.kind !== kind)
    throw invalid(`in ${path} is not that of a ${kind === "whole" ? "whole context" : "sequence"}`);
  if (sizeOf(path) !== seal.size || digestFile(path) !== seal.sha256) throw invalid(`in ${path} is damaged`);
  checkFingerprint(state, Buffer.from(seal.fingerprint, "hex"));
}

function readSeal(path: string): Seal {
  let text: string;
  try {
    text = readFileSync(`${path}.seal`, "utf8");
  } catch (cause) {
    sizeOf(path);
    throw new MullamaError("STATE_INVALID", `The state ${path} has no seal (${path}.seal).`, {
      cause,
      hint: "Pass trusted: true for a file that llama.cpp has written and that is certainly whole: a damaged one can end the process.",
    });
  }
  try {
    const seal = JSON.parse(text) as Partial<Seal>;
    if (seal.format === "mullama-state-1" && typeof seal.fingerprint === "string") return seal as Seal;
  } catch {
    // Damaged as well.
  }
  throw invalid(`in ${path} has a seal that cannot be read`);
}

/** The size of the file in bytes; throws where there is none. */
function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (cause) {
    throw new MullamaError("STATE_INVALID", `There is no state file ${path}.`, { cause });
  }
}

/** The token count in the file's own header. */
export function tokenCountIn(path: string): number {
  const size = sizeOf(path);
  const header = Buffer.alloc(12);
  const file = openSync(path, "r");
  try {
    if (readSync(file, header, 0, 12, 0) < 12) throw invalid(`in ${path} is too short`);
  } finally {
    closeSync(file);
  }
  const count = header.readUInt32LE(8);
  if (12 + count * 4 > size) throw invalid(`in ${path} is cut off`);
  return count;
}

const CHUNK = 1 << 20;

function digestFile(path: string): string {
  const hash = createHash("sha256");
  const chunk = Buffer.alloc(CHUNK);
  const file = openSync(path, "r");
  try {
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) hash.update(chunk.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}
