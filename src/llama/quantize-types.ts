/** The names of quantizations, taken from C's enums. */
import { ggml_type, llama_ftype } from "../native/index.js";
import { ArgumentError } from "../errors.js";

type NameIn<Enum, Prefix extends string> = keyof Enum extends infer Key
  ? Key extends `${Prefix}${infer Name}`
    ? Name
    : never
  : never;

/** What a whole model is quantized to, for instance `Q4_K_M` (`enum llama_ftype`). */
export type QuantizationType = Exclude<NameIn<typeof llama_ftype, "LLAMA_FTYPE_MOSTLY_">, "NVFP4"> | "F32";

/** What one tensor is quantized to, for instance `Q6_K` (`enum ggml_type`). */
export type TensorQuantization = Exclude<
  NameIn<typeof ggml_type, "GGML_TYPE_">,
  "COUNT" | "I8" | "I16" | "I32" | "I64" | "F64" | "Q8_1" | "Q8_K"
>;

const FTYPE = "LLAMA_FTYPE_MOSTLY_";
const TYPE = "GGML_TYPE_";
const notQuantized: ReadonlySet<string> = new Set(["COUNT", "I8", "I16", "I32", "I64", "F64", "Q8_1", "Q8_K"]);

const ftypes: ReadonlyMap<string, llama_ftype> = new Map(
  Object.entries(llama_ftype)
    // C has a number for it, but does not quantize to it.
    .filter(([name]) => name.startsWith(FTYPE) && name !== `${FTYPE}NVFP4`)
    .map(([name, value]) => [name.slice(FTYPE.length), value] as const)
    .concat([["F32", llama_ftype.LLAMA_FTYPE_ALL_F32]]),
);

const types: ReadonlyMap<string, ggml_type> = new Map(
  Object.entries(ggml_type)
    .map(([name, value]) => [name.slice(TYPE.length), value] as const)
    .filter(([name]) => !notQuantized.has(name)),
);

/** The names that {@link quantize} takes, in C's order. */
export function quantizationTypes(): QuantizationType[] {
  return [...ftypes.keys()] as QuantizationType[];
}

/** The name in C's spelling. @throws {ArgumentError} for one that {@link quantize} does not take */
export function quantizationType(argument: string, name: string): QuantizationType {
  find(ftypes, argument, name);
  return name.toUpperCase() as QuantizationType;
}

export function ftypeOf(argument: string, name: unknown): llama_ftype {
  return find(ftypes, argument, name);
}

export function tensorTypeOf(argument: string, name: unknown): ggml_type {
  return find(types, argument, name);
}

/** Upper and lower case are alike. */
function find<Value>(values: ReadonlyMap<string, Value>, argument: string, name: unknown): Value {
  const value = typeof name === "string" ? values.get(name.toUpperCase()) : undefined;
  if (value === undefined) throw new ArgumentError(argument, `one of ${[...values.keys()].join(", ")}`, name);
  return value;
}
