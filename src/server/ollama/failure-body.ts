import type { Failure } from "../http/failure.js";

/** A failure as Ollama's clients read it: some look for "not found" where they would pull the model. */
export function failureBody({ code, message }: Failure): unknown {
  return { error: code === "MODEL_NOT_FOUND" ? `model not found: ${message}` : message };
}
