/** A conversation in one piece: its messages as JSON, and what the model remembers of it. */
import { MullamaError } from "../../errors.js";
import { type ChatMessage, requireMessages } from "../message.js";

/** What is saved beside the model's state. */
export interface ChatRecord {
  readonly system?: string | undefined;
  readonly history: readonly ChatMessage[];
  readonly dropped: number;
  readonly summary: string;
  /** The text of which `state` is the memory. */
  readonly seen?: { readonly text: string; readonly tokens: readonly number[] } | undefined;
}

const MAGIC = "MULLAMACHAT1";

export function packChat(record: ChatRecord, state: Uint8Array): Uint8Array {
  const json = Buffer.from(JSON.stringify(record));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([Buffer.from(MAGIC), length, json, state]);
}

/** @throws {MullamaError} `STATE_INVALID` for what is no saved conversation */
export function unpackChat(bytes: Uint8Array): { readonly record: ChatRecord; readonly state: Uint8Array } {
  const begin = MAGIC.length + 8;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < begin || buffer.toString("latin1", 0, MAGIC.length) !== MAGIC) throw damaged();
  const length = Number(buffer.readBigUInt64LE(MAGIC.length));
  if (length > buffer.length - begin) throw damaged();
  try {
    const record = JSON.parse(buffer.toString("utf8", begin, begin + length)) as ChatRecord;
    requireMessages(record.history);
    return { record, state: buffer.subarray(begin + length) };
  } catch (error) {
    throw damaged(error);
  }
}

function damaged(cause?: unknown): MullamaError {
  return new MullamaError("STATE_INVALID", "These bytes are no conversation that was saved.", { cause });
}
