/** Metadata that take the place of a model file's (`struct llama_model_kv_override`). */
import { ArgumentError } from "../errors.js";
import { type GgufHeader, type GgufValue, ggufValue } from "../gguf/index.js";
import { llama_model_kv_override_type, NativeMemory, sizeOf, writeStruct } from "../native/index.js";
import { checkText } from "./check.js";

/**
 * Values by key. A bigint is an integer, and so is a number without a fraction where the file has an integer; wrap a
 * number in `{ float: 1 }` where the key is a float and the value happens to be whole.
 */
export type MetadataOverrides = Readonly<
  Record<string, number | bigint | boolean | string | { readonly float: number }>
>;

/** Bytes of a key or a text, without the zero at the end. */
const MOST_BYTES = 127;

interface Override {
  readonly tag: llama_model_kv_override_type;
  readonly union_0: Readonly<Record<string, number | bigint | boolean | string>>;
  readonly value: GgufValue;
}

/** C's list, ended by one without a key. */
export function writeOverrides(overrides: MetadataOverrides): NativeMemory {
  const entries = entriesOf(overrides).map(([key, value]) => ({ key, ...toOverride(key, value) }));
  const size = sizeOf("llama_model_kv_override");
  const memory = new NativeMemory(size * (entries.length + 1));
  entries.forEach(({ key, tag, union_0 }, index) => {
    writeStruct("llama_model_kv_override", memory.bytes.subarray(index * size, (index + 1) * size), {
      tag,
      key,
      union_0,
    });
  });
  return memory;
}

/**
 * The header as C will see it.
 *
 * @throws {ArgumentError} where the file has a value of another kind, whose override C would ignore
 */
export function applyOverrides(header: GgufHeader, overrides: MetadataOverrides): GgufHeader {
  const metadata = new Map(header.metadata);
  for (const [key, value] of entriesOf(overrides)) {
    const before = metadata.get(key);
    const after = toOverride(key, value).value;
    if (before !== undefined && kindOf(before) !== kindOf(after)) {
      throw new ArgumentError(
        `options.metadata[${JSON.stringify(key)}]`,
        `of the kind that the file has, ${kindOf(before)}`,
        value,
        {
          hint: kindOf(before) === "float" ? "Wrap a whole number in { float: … }." : undefined,
        },
      );
    }
    // The number keeps its width.
    metadata.set(key, before === undefined ? after : ({ ...before, value: after.value } as GgufValue));
  }
  return { ...header, metadata };
}

function entriesOf(overrides: MetadataOverrides): [key: string, value: MetadataOverrides[string]][] {
  if (typeof overrides === "object" && overrides !== null) return Object.entries(overrides);
  throw new ArgumentError("options.metadata", "an object", overrides);
}

function kindOf({ type }: GgufValue): string {
  return type.replace(/^u/, "").replace(/\d+$/, "");
}

function toOverride(key: string, value: MetadataOverrides[string]): Override {
  const name = `options.metadata[${JSON.stringify(key)}]`;
  checkBytes(`the key of ${name}`, key);
  if (typeof value === "boolean") {
    return {
      tag: llama_model_kv_override_type.LLAMA_KV_OVERRIDE_TYPE_BOOL,
      union_0: { val_bool: value },
      value: ggufValue.bool(value),
    };
  }
  if (typeof value === "string") {
    checkBytes(name, value);
    return {
      tag: llama_model_kv_override_type.LLAMA_KV_OVERRIDE_TYPE_STR,
      union_0: { val_str: value },
      value: ggufValue.string(value),
    };
  }
  if (typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value))) {
    return {
      tag: llama_model_kv_override_type.LLAMA_KV_OVERRIDE_TYPE_INT,
      union_0: { val_i64: value },
      value: ggufValue.int64(value),
    };
  }
  const float = typeof value === "number" ? value : value?.float;
  if (typeof float !== "number" || !Number.isFinite(float))
    throw new ArgumentError(name, "a finite number, a bigint, a boolean or a string", value);
  return {
    tag: llama_model_kv_override_type.LLAMA_KV_OVERRIDE_TYPE_FLOAT,
    union_0: { val_f64: float },
    value: ggufValue.float32(float),
  };
}

function checkBytes(name: string, text: string): void {
  checkText(name, text);
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_BYTES) throw new ArgumentError(name, `at most ${MOST_BYTES} bytes of UTF-8`, bytes);
}
