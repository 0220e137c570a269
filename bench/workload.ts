/** What one throughput measurement does: the same words as llama-bench's. */
export interface Workload {
  /** What is timed: a prompt of `tokens` at once, or `tokens` one after the other. */
  readonly kind: "prefill" | "decode";
  readonly tokens: number;
  /** How many tokens the context holds before. */
  readonly depth: number;
  readonly repetitions: number;
  /** How often each side is run, in turns. */
  readonly rounds: number;
}

/** The settings that both sides share; llama-bench's defaults. */
export const batchSize = 2048;
export const microBatchSize = 512;

/** The measurements of `npm run bench`, in the table's order. */
export function workloads(quick: boolean): readonly Workload[] {
  const prefills = quick ? 2 : 3;
  const decodes = quick ? 2 : 6;
  return [
    { kind: "prefill", tokens: 512, depth: 0, repetitions: 1, rounds: prefills },
    { kind: "prefill", tokens: 512, depth: 512, repetitions: 1, rounds: prefills },
    { kind: "decode", tokens: 64, depth: 0, repetitions: 2, rounds: decodes },
    { kind: "decode", tokens: 64, depth: 512, repetitions: 2, rounds: decodes },
  ];
}

export function titleOf({ kind, tokens, depth }: Workload): string {
  return `${kind} ${tokens} tokens at depth ${depth}`;
}
