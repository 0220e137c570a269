/** Looking at a graph's tensors while they are computed (`cb_eval`). */
import { type Int64, type Pointer, readStruct, registerCallback, type RegisteredCallback } from "../native/index.js";
import { api } from "./library.js";

/** A tensor of the graph, valid only inside the callback that it is given to. */
export interface ComputedTensor {
  /** For instance `l_out-3` or `result_output`. */
  readonly name: string;
  /** The operation that made it, for instance `MUL_MAT`. */
  readonly operation: string;
  /** Its data type, for instance `f32`. */
  readonly type: string;
  /** Elements along each of the four dimensions, the fastest first. */
  readonly shape: readonly number[];
  /** A copy of its bytes. */
  read(): Uint8Array;
}

/**
 * Called for every tensor twice: first with `computed` false, to say whether it is wanted; then, if so, with its data,
 * to say whether to go on.
 */
export type OnTensor = (tensor: ComputedTensor, computed: boolean) => boolean;

/** An eval callback for C, and what the JavaScript function threw. */
export class EvalCallback {
  readonly #callback: RegisteredCallback<"ggml_backend_sched_eval_callback">;
  #error: { readonly value: unknown } | undefined;

  constructor(onTensor: OnTensor) {
    this.#callback = registerCallback("ggml_backend_sched_eval_callback", (tensor, ask) => {
      try {
        return onTensor(describe(tensor), !ask);
      } catch (error) {
        this.#error ??= { value: error };
        return false;
      }
    });
  }

  get pointer(): Pointer<"ggml_backend_sched_eval_callback"> {
    return this.#callback.pointer;
  }

  /** Throws what the function threw since the last time. */
  rethrow(): void {
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) throw error.value;
  }

  dispose(): void {
    this.#callback[Symbol.dispose]();
  }
}

function describe(tensor: Pointer<"ggml_tensor">): ComputedTensor {
  const c = api();
  const { type, ne } = readStruct<{ type: number; ne: Int64[] }>("ggml_tensor", tensor);
  return {
    name: c.ggml_get_name(tensor) ?? "",
    operation: c.ggml_op_desc(tensor) ?? "",
    type: c.ggml_type_name(type as never) ?? "",
    shape: ne.map(Number),
    read() {
      const bytes = new Uint8Array(Number(c.ggml_nbytes(tensor)));
      c.ggml_backend_tensor_get(tensor, bytes, 0, bytes.byteLength);
      return bytes;
    },
  };
}
