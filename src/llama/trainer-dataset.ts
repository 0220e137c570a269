import { ArgumentError, MullamaError } from "../errors.js";
import { copyBytes, ggml_type, type Pointer } from "../native/index.js";
import { api } from "./library.js";

/** Training examples in C's memory: windows of tokens, each with the tokens that follow as labels. */
export interface Dataset extends Disposable {
  readonly pointer: Pointer<"ggml_opt_dataset">;
  readonly examples: number;
}

/** Cuts `tokens` into windows of `contextSize`, one every `stride` tokens. The caller has checked the tokens. */
export function makeDataset(tokens: Int32Array, contextSize: number, stride: number): Dataset {
  const examples = Math.floor((tokens.length - contextSize - 1) / stride) + 1;
  if (examples < 1) {
    throw new ArgumentError("tokens", `at least ${contextSize + 1} tokens, one more than the context`, tokens.length);
  }
  const { GGML_TYPE_I32 } = ggml_type;
  const pointer = api().ggml_opt_dataset_init(GGML_TYPE_I32, GGML_TYPE_I32, contextSize, contextSize, examples, 1);
  const free = (): void => (pointer === null ? undefined : api().ggml_opt_dataset_free(pointer));
  const data = new Int32Array(examples * contextSize);
  const labels = new Int32Array(examples * contextSize);
  for (let example = 0; example < examples; example++) {
    const start = example * stride;
    data.set(tokens.subarray(start, start + contextSize), example * contextSize);
    labels.set(tokens.subarray(start + 1, start + 1 + contextSize), example * contextSize);
  }
  if (
    pointer === null ||
    !fill(api().ggml_opt_dataset_data(pointer), data) ||
    !fill(api().ggml_opt_dataset_labels(pointer), labels)
  ) {
    free();
    throw new MullamaError("TRAINING_FAILED", `There is no memory for ${examples} examples of ${contextSize} tokens.`, {
      hint: "Use a larger stride, or fewer tokens at a time.",
    });
  }
  return { pointer, examples, [Symbol.dispose]: free };
}

function fill(tensor: Pointer<"ggml_tensor"> | null, values: Int32Array): boolean {
  const address = tensor === null ? null : api().ggml_get_data(tensor);
  if (address !== null) copyBytes(address, values, values.byteLength);
  return address !== null;
}
