/** The functions that C calls while training. An exception must not reach C: it is kept, and thrown after the call. */
import {
  type ggml_opt_optimizer_params,
  type Pointer,
  type RegisteredCallback,
  registerCallback,
} from "../native/index.js";
import { api } from "./library.js";
import type { TrainerSetup } from "./trainer-options.js";
import { lossOf } from "./trainer-result.js";

/** Where training stands, after each microbatch. */
export interface TrainingProgress {
  readonly phase: "training" | "evaluation";
  /** Microbatches done in this phase. */
  readonly done: number;
  readonly total: number;
  /** Mean loss of this phase so far. */
  readonly loss: number;
}

export type ProgressListener = (progress: TrainingProgress) => void;

/** A step that changes no weight. */
const standstill: ggml_opt_optimizer_params = {
  adamw: { alpha: 2 ** -126, beta1: 0, beta2: 0, eps: 1, wd: 0 },
  sgd: { alpha: 2 ** -126, wd: 0 },
};

export class TrainerCallbacks {
  /** Heard during one epoch. */
  listener: ProgressListener | undefined;
  /** The tensors that are trained, by name. */
  readonly trained = new Map<string, Pointer<"ggml_tensor">>();
  readonly #optimizer: RegisteredCallback<"ggml_opt_get_optimizer_params">;
  readonly #progress: RegisteredCallback<"ggml_opt_epoch_callback">;
  readonly #filter: RegisteredCallback<"llama_opt_param_filter">;
  #failure: { readonly error: unknown } | undefined;
  #step = 0;

  constructor({ parametersOf, trains }: TrainerSetup) {
    this.#optimizer = registerCallback("ggml_opt_get_optimizer_params", () =>
      this.#guard(() => parametersOf(this.#step++), standstill),
    );
    this.#progress = registerCallback("ggml_opt_epoch_callback", (train, _context, _dataset, result, done, total) => {
      const listener = this.listener;
      if (listener === undefined) return;
      const phase = train ? "training" : "evaluation";
      this.#guard(
        () => listener({ phase, done: Number(done), total: Number(total), loss: lossOf(result).loss }),
        undefined,
      );
    });
    this.#filter = registerCallback("llama_opt_param_filter", (tensor) =>
      this.#guard(() => {
        const name = api().ggml_get_name(tensor) ?? "";
        const chosen = trains === undefined ? api().llama_opt_param_filter_all(tensor, null) : trains(name);
        if (chosen && name !== "token_embd.weight" && name !== "rope_freqs.weight") this.trained.set(name, tensor);
        return chosen;
      }, false),
    );
  }

  get optimizer(): Pointer<"ggml_opt_get_optimizer_params"> {
    return this.#optimizer.pointer;
  }

  get progress(): Pointer<"ggml_opt_epoch_callback"> {
    return this.#progress.pointer;
  }

  /** The user's choice of tensors, or C's, which is all. */
  get filter(): Pointer<"llama_opt_param_filter"> {
    return this.#filter.pointer;
  }

  /** Throws what a callback threw since the last time. */
  rethrow(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  dispose(): void {
    for (const callback of [this.#optimizer, this.#progress, this.#filter]) callback[Symbol.dispose]();
  }

  /** After a failure nothing of the user's runs until it is thrown: the epoch runs to its end without effect. */
  #guard<Result>(run: () => Result, otherwise: Result): Result {
    if (this.#failure !== undefined) return otherwise;
    try {
      return run();
    } catch (error) {
      this.#failure = { error };
      return otherwise;
    }
  }
}
