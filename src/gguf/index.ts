export { checkAdapterMetadata } from "./check/check-adapter.js";
export { checkModelMetadata } from "./check/check-model.js";
export { validateModelFile } from "./check/validate-model.js";
export { GgufError } from "./error.js";
export { GgufFile, validateGgufFile } from "./file.js";
export { bfloat16FromNumber, float16FromNumber, numberFromBfloat16, numberFromFloat16 } from "./half.js";
export type { GgufHeader, TensorInfo } from "./header.js";
export { metadataBoolean, metadataNumber, metadataNumbers, metadataString, metadataStrings } from "./metadata.js";
export { splitCount, splitPath, splitPaths } from "./split.js";
export { decodeTensor, encodeTensor, type FloatTensorType } from "./tensor-data.js";
export { TENSOR_TYPES, tensorByteLength, tensorTypeOf, type TensorType, type TensorTypeLayout } from "./tensor-type.js";
export {
  ggufValue,
  type ArrayItems,
  type ArrayValue,
  type GgufValue,
  type NumberType,
  type ScalarValue,
  type ValueType,
} from "./value.js";
export { contentBytes, type TensorContent } from "./tensor-content.js";
export { writeGguf, writeGgufHeader, type GgufContent } from "./write.js";
export { writeGgufFile } from "./write-file.js";
