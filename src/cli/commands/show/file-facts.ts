import {
  type GgufHeader,
  metadataNumber,
  metadataNumbers,
  metadataString,
  metadataStrings,
} from "../../../gguf/index.js";

/** What a file says of how its model is built, beside what the store knows of every model. What it does not say is undefined. */
export interface FileFacts {
  readonly layers: number | undefined;
  /** Attention heads of a layer: the least and the most, where layers differ. */
  readonly heads: HeadCount | undefined;
  /** Heads of keys and values, of which there are fewer where several heads share them. */
  readonly kvHeads: HeadCount | undefined;
  /** Experts of a layer, and how many of them work on a token. */
  readonly experts: number | undefined;
  readonly expertsUsed: number | undefined;
  readonly vocabularySize: number | undefined;
  /** Bits that a weight takes on the average. */
  readonly bitsPerWeight: number | undefined;
}

type HeadCount = readonly [least: number, most: number];

export function fileFacts({ metadata, tensors }: GgufHeader): FileFacts {
  const architecture = metadataString(metadata, "general.architecture") ?? "";
  const number = (key: string): number | undefined => metadataNumber(metadata, `${architecture}.${key}`);
  const heads = (key: string): HeadCount | undefined => {
    // Layers without attention have none.
    const counts = metadataNumbers(metadata, `${architecture}.attention.${key}`).filter((count) => count > 0);
    return counts.length === 0 ? undefined : [Math.min(...counts), Math.max(...counts)];
  };
  let [bytes, weights] = [0, 0];
  for (const { byteLength, shape } of tensors.values()) {
    bytes += byteLength;
    weights += shape.reduce((product, length) => product * length, 1);
  }
  return {
    layers: number("block_count"),
    heads: heads("head_count"),
    kvHeads: heads("head_count_kv"),
    experts: number("expert_count"),
    expertsUsed: number("expert_used_count"),
    vocabularySize: metadataStrings(metadata, "tokenizer.ggml.tokens")?.length ?? number("vocab_size"),
    bitsPerWeight: weights === 0 ? undefined : Math.round((bytes * 800) / weights) / 100,
  };
}

/** The same in words. */
export function headsInWords({ heads, kvHeads }: FileFacts): string | undefined {
  if (heads === undefined) return undefined;
  const shared = kvHeads === undefined || kvHeads.join() === heads.join();
  return shared ? range(heads) : `${range(heads)}, ${range(kvHeads)} of keys and values`;
}

export function expertsInWords({ experts = 0, expertsUsed }: FileFacts): string | undefined {
  if (experts === 0) return undefined;
  return expertsUsed === undefined ? String(experts) : `${experts}, ${expertsUsed} of them for a token`;
}

function range([least, most]: HeadCount): string {
  return least === most ? String(least) : `${least} to ${most}`;
}
