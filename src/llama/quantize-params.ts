/** `struct llama_model_quantize_params`, and the memory that it points at. */
import { ArgumentError } from "../errors.js";
import type { GgufHeader } from "../gguf/index.js";
import { type llama_model_quantize_params, NativeMemory, sizeOf, toText, writeStruct } from "../native/index.js";
import { checkBoolean, checkInteger, checkText } from "./check.js";
import { api } from "./library.js";
import { writeOverrides } from "./metadata-overrides.js";
import { checkPattern } from "./pattern.js";
import { checkPruned } from "./quantize-prune.js";
import type { QuantizeOptions } from "./quantize-options.js";
import { ftypeOf, tensorTypeOf } from "./quantize-types.js";

export interface QuantizeParams extends Disposable {
  readonly params: llama_model_quantize_params;
}

export function quantizeParams(options: QuantizeOptions, header: GgufHeader): QuantizeParams {
  const blocks: NativeMemory[] = [];
  const keep = (block: NativeMemory): NativeMemory => {
    blocks.push(block);
    return block;
  };
  const free = (): void => blocks.splice(0).forEach((block) => block.free());
  try {
    const params = api().llama_model_quantize_default_params();
    setNumbers(params, options);
    setFlags(params, options);
    if (options.metadata !== undefined) checkMetadata(options.metadata);
    if (options.metadata !== undefined) params.kv_overrides = keep(writeOverrides(options.metadata)).pointer as never;
    if (options.imatrix !== undefined) params.imatrix = placeImatrix(options.imatrix, keep) as never;
    if (options.tensorTypes !== undefined) params.tt_overrides = placeTypes(options.tensorTypes, keep) as never;
    if (options.pruneLayers !== undefined)
      params.prune_layers = placeLayers(options.pruneLayers, header, keep) as never;
    return { params, [Symbol.dispose]: free };
  } catch (error) {
    free();
    throw error;
  }
}

function setNumbers(params: llama_model_quantize_params, options: QuantizeOptions): void {
  params.ftype = ftypeOf("options.type", options.type);
  params.nthread = checkInteger("options.threads", options.threads ?? 0, 0, 512);
  params.max_buf_size = checkInteger("options.maxBufferSize", options.maxBufferSize ?? 0, 0, Number.MAX_SAFE_INTEGER);
  if (options.outputType !== undefined)
    params.output_tensor_type = tensorTypeOf("options.outputType", options.outputType);
  if (options.embeddingType !== undefined)
    params.token_embedding_type = tensorTypeOf("options.embeddingType", options.embeddingType);
}

function setFlags(params: llama_model_quantize_params, options: QuantizeOptions): void {
  const flag = (key: keyof QuantizeOptions, fallback: boolean): boolean =>
    checkBoolean(`options.${key}`, options[key] ?? fallback);
  params.allow_requantize = flag("allowRequantize", false);
  params.quantize_output_tensor = flag("quantizeOutput", true);
  params.only_copy = flag("onlyCopy", false);
  params.pure = flag("pure", false);
  params.keep_split = flag("keepSplit", false);
  params.dry_run = flag("dryRun", false);
}

/** Beyond it, sums of products overflow. */
const LARGEST_IMPORTANCE = 1e12;

type Keep = (block: NativeMemory) => NativeMemory;

function placeImatrix(imatrix: NonNullable<QuantizeOptions["imatrix"]>, keep: Keep): bigint {
  const entries = Object.entries(imatrix);
  const rows = entries.map(([name, values]) => {
    if (!(values instanceof Float32Array) || values.length === 0)
      throw new ArgumentError(`options.imatrix[${JSON.stringify(name)}]`, "a Float32Array", values);
    if (!values.every((value) => value >= 0 && value <= LARGEST_IMPORTANCE)) {
      throw new ArgumentError(
        `options.imatrix[${JSON.stringify(name)}]`,
        `numbers from 0 to ${LARGEST_IMPORTANCE}`,
        values,
      );
    }
    const data = keep(new NativeMemory(values.byteLength));
    data.bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return { name: placeText(checkText("options.imatrix", name), keep), data: data.pointer, size: values.length };
  });
  return placeRows("llama_model_imatrix_data", rows, keep);
}

function placeTypes(tensorTypes: NonNullable<QuantizeOptions["tensorTypes"]>, keep: Keep): bigint {
  const rows = Object.entries(tensorTypes).map(([pattern, type]) => ({
    pattern: placeText(checkPattern("options.tensorTypes", pattern), keep),
    type: tensorTypeOf(`options.tensorTypes[${JSON.stringify(pattern)}]`, type),
  }));
  return placeRows("llama_model_tensor_override", rows, keep);
}

/** Layers ended by -1. */
function placeLayers(layers: readonly number[], header: GgufHeader, keep: Keep): bigint {
  const values = Int32Array.from([...checkPruned(header, layers), -1]);
  const block = keep(new NativeMemory(values.byteLength));
  block.bytes.set(new Uint8Array(values.buffer));
  return block.pointer;
}

/** C drops the sign, takes 32 bits, and ends the process where it is told another alignment. */
function checkMetadata(metadata: NonNullable<QuantizeOptions["metadata"]>): void {
  for (const [key, value] of Object.entries(metadata)) {
    const name = `options.metadata[${JSON.stringify(key)}]`;
    if (key === "general.alignment") throw new ArgumentError(name, "left out", value);
    if (typeof value === "bigint" || Number.isInteger(value)) checkInteger(name, Number(value), 0, 2 ** 32 - 1);
  }
}

function placeText(text: string, keep: Keep): bigint {
  const bytes = toText(text);
  const block = keep(new NativeMemory(bytes.length));
  block.bytes.set(bytes);
  return block.pointer;
}

/** An array of structs, ended by an empty one. Texts are given as addresses, which C keeps reading. */
function placeRows(
  struct: "llama_model_imatrix_data" | "llama_model_tensor_override",
  rows: readonly object[],
  keep: Keep,
): bigint {
  const size = sizeOf(struct);
  const block = keep(new NativeMemory(size * (rows.length + 1)));
  rows.forEach((row, index) => writeStruct(struct, block.bytes.subarray(index * size, (index + 1) * size), row));
  return block.pointer;
}
