/**
 * A seal on saved states. C trusts what it is given: a state of another model, or a damaged one, can end the process. So
 * a state is only handed over when its seal says that it is whole and of this model and release.
 */
import { createHash } from "node:crypto";
import { MullamaError } from "../errors.js";
import { type Pointer, release } from "../native/index.js";
import type { ContextState } from "./context-state.js";
import { api } from "./library.js";
import { readString } from "./string-out.js";

const MAGIC = 0x314c554d; // "MUL1"
const DIGEST = 32;
/** Magic, kind, flags, serial number, then the fingerprint of model and release, then the digest of the payload. */
const HEADER = 16 + 2 * DIGEST;

export type StateKind = "whole" | "sequence";

const kinds: Readonly<Record<StateKind, number>> = { whole: 1, sequence: 2 };

const fingerprints = new WeakMap<object, Uint8Array>();

/** What a state depends on: the model, as far as its metadata tell, and the release. */
export function fingerprintOf({ model }: ContextState): Uint8Array {
  let fingerprint = fingerprints.get(model);
  if (fingerprint === undefined) {
    fingerprint = computeFingerprint(model.retainedPointer);
    fingerprints.set(model, fingerprint);
  }
  return fingerprint;
}

function computeFingerprint(model: Pointer<"llama_model">): Uint8Array {
  const c = api();
  const hash = createHash("sha256").update(
    `${release.version}\0${c.llama_model_n_params(model)}\0${c.llama_model_size(model)}`,
  );
  for (let index = 0; index < c.llama_model_meta_count(model); index++) {
    hash.update(`\0${readString((buffer, size) => c.llama_model_meta_key_by_index(model, index, buffer, size))}`);
    hash.update(`\0${readString((buffer, size) => c.llama_model_meta_val_str_by_index(model, index, buffer, size))}`);
  }
  return hash.digest();
}

/** A buffer for a state of `size` bytes, and the part of it that C fills. */
export function makeSealed(size: number): { readonly sealed: Uint8Array; readonly payload: Uint8Array } {
  const sealed = new Uint8Array(HEADER + size);
  return { sealed, payload: sealed.subarray(HEADER) };
}

/** Writes the header over a filled buffer. @param serial tells states that stay on the device apart */
export function seal(
  state: ContextState,
  kind: StateKind,
  flags: number,
  serial: number,
  sealed: Uint8Array,
): Uint8Array {
  const words = new DataView(sealed.buffer, sealed.byteOffset, HEADER);
  words.setUint32(0, MAGIC, true);
  words.setUint32(4, kinds[kind], true);
  words.setUint32(8, flags, true);
  words.setUint32(12, serial, true);
  sealed.set(fingerprintOf(state), 16);
  sealed.set(digestOf(sealed), 16 + DIGEST);
  return sealed;
}

/** Of all but the digest itself. */
function digestOf(sealed: Uint8Array): Uint8Array {
  return createHash("sha256")
    .update(sealed.subarray(0, 16 + DIGEST))
    .update(sealed.subarray(HEADER))
    .digest();
}

/** A sealed state, opened. */
export interface Unsealed {
  readonly payload: Uint8Array;
  readonly flags: number;
  readonly serial: number;
}

/** What is in a sealed state, if the seal holds. */
export function unseal(state: ContextState, kind: StateKind, sealed: Uint8Array): Unsealed {
  if (!(sealed instanceof Uint8Array) || sealed.length < HEADER) throw invalid("is too short");
  const words = new DataView(sealed.buffer, sealed.byteOffset, HEADER);
  if (words.getUint32(0, true) !== MAGIC) throw invalid("was not saved by mullama");
  if (words.getUint32(4, true) !== kinds[kind])
    throw invalid(`is not that of a ${kind === "whole" ? "whole context" : "sequence"}`);
  if (!equal(sealed.subarray(16 + DIGEST, HEADER), digestOf(sealed))) throw invalid("is damaged");
  checkFingerprint(state, sealed.subarray(16, 16 + DIGEST));
  return { payload: sealed.subarray(HEADER), flags: words.getUint32(8, true), serial: words.getUint32(12, true) };
}

export function checkFingerprint(state: ContextState, fingerprint: Uint8Array): void {
  if (!equal(fingerprint, fingerprintOf(state))) throw invalid("is of another model or another release of llama.cpp");
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

export function invalid(why: string): MullamaError {
  return new MullamaError("STATE_INVALID", `The state ${why}.`, {
    hint: "Nothing has been loaded. Compute it again, and save it anew.",
  });
}
