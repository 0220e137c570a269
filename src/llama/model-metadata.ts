/** A model's metadata as text, and what it recommends for sampling. */
import { llama_model_meta_key, type Pointer } from "../native/index.js";
import { checkText } from "./check.js";
import { api } from "./library.js";
import { readString } from "./string-out.js";

type ModelPointer = Pointer<"llama_model">;

/** `llama_model_meta_val_str`. */
export function metadataValue(model: ModelPointer, key: string): string | undefined {
  checkText("key", key);
  return readString((buffer, size) => api().llama_model_meta_val_str(model, key, buffer, size));
}

/** `llama_model_meta_count`, `llama_model_meta_key_by_index`, `llama_model_meta_val_str_by_index`. */
export function metadataEntries(model: ModelPointer): [key: string, value: string][] {
  return Array.from({ length: api().llama_model_meta_count(model) }, (_, index) => [
    readString((buffer, size) => api().llama_model_meta_key_by_index(model, index, buffer, size)) ?? "",
    readString((buffer, size) => api().llama_model_meta_val_str_by_index(model, index, buffer, size)) ?? "",
  ]);
}

/** What a model recommends for sampling; undefined where it says nothing. */
export interface SamplingMetadata {
  /** The samplers in their order, by letters or names. */
  readonly sequence: string | undefined;
  readonly topK: number | undefined;
  readonly topP: number | undefined;
  readonly minP: number | undefined;
  readonly xtcProbability: number | undefined;
  readonly xtcThreshold: number | undefined;
  readonly temperature: number | undefined;
  readonly penaltyLastN: number | undefined;
  readonly penaltyRepeat: number | undefined;
  readonly mirostat: number | undefined;
  readonly mirostatTau: number | undefined;
  readonly mirostatEta: number | undefined;
}

/** `llama_model_meta_key_str` and the values under those keys. */
export function samplingMetadata(model: ModelPointer): SamplingMetadata {
  const text = (key: llama_model_meta_key): string | undefined =>
    metadataValue(model, api().llama_model_meta_key_str(key) ?? "");
  const number = (key: llama_model_meta_key): number | undefined => {
    const value = text(key);
    return value === undefined ? undefined : Number(value);
  };
  const keys = llama_model_meta_key;
  return {
    sequence: text(keys.LLAMA_MODEL_META_KEY_SAMPLING_SEQUENCE),
    topK: number(keys.LLAMA_MODEL_META_KEY_SAMPLING_TOP_K),
    topP: number(keys.LLAMA_MODEL_META_KEY_SAMPLING_TOP_P),
    minP: number(keys.LLAMA_MODEL_META_KEY_SAMPLING_MIN_P),
    xtcProbability: number(keys.LLAMA_MODEL_META_KEY_SAMPLING_XTC_PROBABILITY),
    xtcThreshold: number(keys.LLAMA_MODEL_META_KEY_SAMPLING_XTC_THRESHOLD),
    temperature: number(keys.LLAMA_MODEL_META_KEY_SAMPLING_TEMP),
    penaltyLastN: number(keys.LLAMA_MODEL_META_KEY_SAMPLING_PENALTY_LAST_N),
    penaltyRepeat: number(keys.LLAMA_MODEL_META_KEY_SAMPLING_PENALTY_REPEAT),
    mirostat: number(keys.LLAMA_MODEL_META_KEY_SAMPLING_MIROSTAT),
    mirostatTau: number(keys.LLAMA_MODEL_META_KEY_SAMPLING_MIROSTAT_TAU),
    mirostatEta: number(keys.LLAMA_MODEL_META_KEY_SAMPLING_MIROSTAT_ETA),
  };
}
