import type { LoadProgress } from "../../../mullama.js";
import type { PooledModelInfo } from "../../pool/pool-options.js";

/** A type, not an interface, so that it is a record, too. */
export type ModelStatus = { readonly value: string; readonly progress?: object };

/** Whether a model is loaded, in the words of llama-server's router. */
export function statusOf(info: PooledModelInfo | undefined): ModelStatus {
  if (info === undefined) return { value: "unloaded" };
  if (info.state === "ready") return { value: "loaded" };
  return progressOf(info.progress);
}

/** How far a model that is being loaded has come: its file is fetched first. */
export function progressOf(progress: LoadProgress | undefined): ModelStatus {
  if (progress === undefined) return { value: "loading" };
  if (progress.phase !== "load") return { value: "downloading", progress };
  return {
    value: "loading",
    progress: { stages: ["text_model"], current: "text_model", value: progress.progress },
  };
}
