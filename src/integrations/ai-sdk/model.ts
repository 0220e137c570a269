import type { LoadedModel } from "../../mullama.js";

/** A model as the AI SDK names it. */
export interface AiSdkModel {
  /** Such as `mullama.chat`. */
  readonly provider: string;
  readonly id: string;
  /** Gives the model, loaded if it was not. A signal ends the waiting. */
  get(signal?: AbortSignal): Promise<LoadedModel>;
}
