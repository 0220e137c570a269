import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type GgufHeader, metadataNumber, metadataString, validateGgufFile } from "../../gguf/index.js";
import { llama_ftype } from "../../native/index.js";
import type { StoredFile } from "../model-record.js";
import { writeAtomically } from "./atomic-write.js";

/** What a GGUF file says of its model. What it does not say is undefined. */
export interface FileInfo {
  /** Such as `llama` or `qwen3`. */
  readonly family?: string | undefined;
  /** How many numbers it was trained to have. */
  readonly parameters: number;
  /** Such as `Q4_K_M`. */
  readonly quantization?: string | undefined;
  /** Tokens that it was trained to attend to. */
  readonly contextLength?: number | undefined;
  /** Numbers of a token's vector. */
  readonly embeddingLength?: number | undefined;
  readonly title?: string | undefined;
  /** Whether it is made for conversations. */
  readonly hasTemplate: boolean;
  /** Whether it is made to turn texts into vectors. */
  readonly isEmbedding: boolean;
}

/**
 * Reads what a file says of its model. Its header is read once: what it says is kept under the file's digest.
 *
 * @returns undefined for a file that is gone, or is no GGUF file
 */
export async function readFileInfo(home: string, file: StoredFile, path: string): Promise<FileInfo | undefined> {
  const folder = join(home, "info");
  const cached = join(folder, `${file.sha256}.json`);
  const known = await readFile(cached, "utf8").then(parseInfo, () => undefined);
  if (known !== undefined) return known;
  const info = infoOf(path);
  if (info === undefined) return undefined;
  // A store that may only be read is as good, only slower.
  await mkdir(folder, { recursive: true })
    .then(() => writeAtomically(cached, JSON.stringify(info)))
    .catch(() => undefined);
  return info;
}

function parseInfo(text: string): FileInfo | undefined {
  try {
    const info = JSON.parse(text) as FileInfo;
    return typeof info.parameters === "number" ? info : undefined;
  } catch {
    return undefined;
  }
}

/** Reads what a file's header says of its model, whether or not the store knows the file. */
export function infoOf(path: string): FileInfo | undefined {
  try {
    return describeHeader(validateGgufFile(path));
  } catch {
    return undefined;
  }
}

export function describeHeader({ metadata, tensors }: GgufHeader): FileInfo {
  const family = metadataString(metadata, "general.architecture");
  const type = metadataNumber(metadata, "general.file_type");
  const shapes = [...tensors.values()].map(({ shape }) => shape.reduce((product, length) => product * length, 1));
  const pooling = metadataNumber(metadata, `${family}.pooling_type`) ?? 0;
  return {
    family,
    parameters: shapes.reduce((sum, count) => sum + count, 0),
    quantization: type === undefined ? undefined : ftypeName(type),
    contextLength: metadataNumber(metadata, `${family}.context_length`),
    embeddingLength: metadataNumber(metadata, `${family}.embedding_length`),
    title: metadataString(metadata, "general.name"),
    hasTemplate: metadataString(metadata, "tokenizer.chat_template") !== undefined,
    isEmbedding: pooling > 0,
  };
}

function ftypeName(type: number): string | undefined {
  const name = Object.entries(llama_ftype).find(([, value]) => value === type)?.[0];
  return name?.replace(/^LLAMA_FTYPE_(?:MOSTLY|ALL)_/, "");
}
