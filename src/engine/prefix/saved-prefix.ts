/**
 * A computed prefix as bytes: its tokens, what it was computed with, and the state of the context's memory. A digest
 * covers all but the state, which has a seal of its own that `context.state.loadSequence` checks.
 */
import { createHash } from "node:crypto";
import { MullamaError } from "../../errors.js";

/** A prefix that was computed, outside of a context. */
export interface SavedPrefix {
  readonly tokens: Int32Array;
  /** The key of its adapters and control vectors; empty for the plain model. */
  readonly steering: string;
  /** What `context.state.saveSequence` gave. */
  readonly state: Uint8Array;
}

/** What stands before the state. */
export interface PrefixFront {
  readonly fingerprint: string;
  readonly steering: string;
  readonly tokens: Int32Array;
  /** Where the state begins. */
  readonly stateAt: number;
  readonly stateBytes: number;
}

const MAGIC = 0x504c554d; // "MULP"
const VERSION = 1;
/** Magic, version, bytes of the description, count of tokens, bytes of the state. */
const WORDS = 24;
const DIGEST = 32;
const MOST_DESCRIPTION = 1 << 16;
const MOST_TOKENS = 1 << 24;

export function encodePrefix({ tokens, steering, state }: SavedPrefix, fingerprint: string): Uint8Array {
  const description = new TextEncoder().encode(JSON.stringify({ fingerprint, steering }));
  const stateAt = WORDS + description.length + tokens.length * 4 + DIGEST;
  const bytes = new Uint8Array(stateAt + state.length);
  const words = new DataView(bytes.buffer);
  words.setUint32(0, MAGIC, true);
  words.setUint32(4, VERSION, true);
  words.setUint32(8, description.length, true);
  words.setUint32(12, tokens.length, true);
  words.setBigUint64(16, BigInt(state.length), true);
  bytes.set(description, WORDS);
  tokens.forEach((token, index) => words.setInt32(WORDS + description.length + index * 4, token, true));
  bytes.set(digestOf(bytes.subarray(0, stateAt - DIGEST)), stateAt - DIGEST);
  bytes.set(state, stateAt);
  return bytes;
}

/**
 * Opens what {@link encodePrefix} gave.
 *
 * @throws {MullamaError} `STATE_INVALID` where it is damaged, or not of this fingerprint
 */
export function decodePrefix(bytes: Uint8Array, fingerprint: string): SavedPrefix {
  if (!(bytes instanceof Uint8Array)) throw invalid("is no Uint8Array");
  const front = readFront((at, length) => bytes.subarray(at, at + length));
  if (front.fingerprint !== fingerprint)
    throw invalid("is of another model, other options or another release of llama.cpp");
  if (bytes.length !== front.stateAt + front.stateBytes) throw invalid("is not whole");
  return { tokens: front.tokens, steering: front.steering, state: bytes.subarray(front.stateAt) };
}

/** Reads all but the state. @param read gives bytes from a place, or fewer at the end */
export function readFront(read: (at: number, length: number) => Uint8Array): PrefixFront {
  const head = read(0, WORDS);
  if (head.length < WORDS) throw invalid("is too short");
  const words = new DataView(head.buffer, head.byteOffset, WORDS);
  if (words.getUint32(0, true) !== MAGIC) throw invalid("was not saved by mullama");
  if (words.getUint32(4, true) !== VERSION) throw invalid("was saved by another version of mullama");
  const described = words.getUint32(8, true);
  const count = words.getUint32(12, true);
  if (described > MOST_DESCRIPTION || count > MOST_TOKENS) throw invalid("is damaged");
  const stateAt = WORDS + described + count * 4 + DIGEST;
  const front = read(0, stateAt);
  if (front.length < stateAt) throw invalid("is too short");
  const digest = digestOf(front.subarray(0, stateAt - DIGEST));
  if (!digest.equals(front.subarray(stateAt - DIGEST))) throw invalid("is damaged");
  const { fingerprint, steering } = JSON.parse(new TextDecoder().decode(front.subarray(WORDS, WORDS + described))) as {
    fingerprint: string;
    steering: string;
  };
  const view = new DataView(front.buffer, front.byteOffset + WORDS + described, count * 4);
  const tokens = Int32Array.from({ length: count }, (_, index) => view.getInt32(index * 4, true));
  return { fingerprint, steering, tokens, stateAt, stateBytes: Number(words.getBigUint64(16, true)) };
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function invalid(why: string): MullamaError {
  return new MullamaError("STATE_INVALID", `The saved state ${why}.`, {
    hint: "Nothing has been loaded. Compute it again, and save it anew.",
  });
}
