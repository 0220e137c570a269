import { parameterSize } from "../../../models/push/parameter-size.js";
import type { ModelDescription } from "./describe-model.js";

/** What Ollama calls a model's details. */
export function detailsOf({ info, parent }: ModelDescription): object {
  const { family = "", parameters, quantization = "" } = info ?? {};
  return {
    parent_model: parent,
    format: "gguf",
    family,
    families: family === "" ? null : [family],
    parameter_size: parameters === undefined ? "" : parameterSize(parameters),
    quantization_level: quantization,
  };
}
