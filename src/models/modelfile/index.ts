export { defaultsToParams, type OllamaParams } from "./defaults-to-params.js";
export {
  type DefinedModel,
  definitionOf,
  jinjaOf,
  modelfileOf,
  type ModelReferences,
  templateFields,
} from "./definition.js";
export { formatModelfile } from "./format.js";
export { convertGoTemplate } from "./go-template/convert.js";
export { isGoTemplate } from "./go-template/detect.js";
export type { Modelfile, ModelfileRole, ParameterValue } from "./modelfile.js";
export { paramsToDefaults, type ParamsMeaning } from "./params.js";
export { parseModelfile } from "./parse.js";
export {
  type MullamaJson,
  type MullamaJsonModel,
  parseMullamaJson,
  readMullamaJson,
  writeMullamaJson,
} from "./mullama-json.js";
