/** koffi, with stacks as large as a thread's own: llama.cpp's regular expressions and grammars recurse deeply. */
import koffi from "koffi";

const stack = 16 * 1024 * 1024;

try {
  koffi.config({ sync_stack_size: stack, async_stack_size: stack });
} catch {
  // Someone else in this process has called through koffi already, and its stacks are made.
}

export { koffi };
