import type { ModelDescription } from "./describe-model.js";

/** What Ollama calls a model's details. */
export function detailsOf({ info, parent }: ModelDescription): object {
  const { family = "", parameters, quantization = "" } = info ?? {};
  return {
    parent_model: parent,
    format: "gguf",
    family,
    families: family === "" ? null : [family],
    parameter_size: parameters === undefined ? "" : shortNumber(parameters),
    quantization_level: quantization,
  };
}

/** As Ollama writes it: 134.52M, 8.0B. */
function shortNumber(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)}B`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(2)}M`;
  return count >= 1e3 ? `${Math.floor(count / 1e3)}K` : String(count);
}
