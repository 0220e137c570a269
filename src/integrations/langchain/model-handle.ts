import { ArgumentError } from "../../errors.js";
import { LoadedModel, type LoadOptions } from "../../mullama.js";
import { ModelSource } from "../model-source.js";

/** Which model it is. */
export interface MullamaModelFields {
  /** A name or a path that `load` takes, loaded on the first use; or a model that is loaded already. */
  readonly model: string | LoadedModel;
  /** How a model is loaded that is given by its name. Default: as `load` does. */
  readonly load?: LoadOptions | undefined;
}

/** A model that is loaded when it is first asked for, once. */
export class ModelHandle {
  readonly name: string;
  readonly #source: ModelSource;

  /** @throws {ArgumentError} for what is neither a name nor a model */
  constructor({ model, load = {} }: MullamaModelFields) {
    const loaded = model instanceof LoadedModel;
    if (!loaded && (typeof model !== "string" || model === ""))
      throw new ArgumentError("model", "a model's name or path, or a LoadedModel", model);
    this.name = loaded ? model.name : model;
    this.#source = new ModelSource(load, loaded ? { [model.name]: model } : {});
  }

  /** A signal ends the waiting, not the loading. */
  get(signal?: AbortSignal): Promise<LoadedModel> {
    return this.#source.get(this.name, signal);
  }

  /** Frees the model, unless it was given loaded: then it is its owner's. */
  dispose(): Promise<void> {
    return this.#source.dispose();
  }
}
