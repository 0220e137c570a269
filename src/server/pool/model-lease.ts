import type { ServedModel } from "../directory/served-model.js";

/** The right to use a model, which stays loaded until it is released. */
export class ModelLease<Model> implements Disposable {
  readonly model: Model;
  readonly served: ServedModel;
  #end: ((error?: unknown) => void) | undefined;

  /** @internal Use `ModelPool.lease`. */
  constructor(model: Model, served: ServedModel, end: (error?: unknown) => void) {
    this.model = model;
    this.served = served;
    this.#end = end;
  }

  /** Tells the pool of an error that came from the model, so that it does not hand out one whose process has died. */
  failed(error: unknown): void {
    this.#end?.(error);
    this.#end = undefined;
  }

  /** Does nothing the second time. */
  release(): void {
    this.#end?.();
    this.#end = undefined;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
