/** Times of one request, in milliseconds. */
export interface RequestTimings {
  /** From its submission to the first step that worked on it. */
  readonly queue: number;
  /** From its submission to its first token; undefined where none came. */
  readonly firstToken: number | undefined;
  /** Computing the prompt. */
  readonly prompt: number;
  /** From the first token to the last. */
  readonly completion: number;
  /** Computed prompt tokens a second; cached ones do not count. */
  readonly promptTokensPerSecond: number | undefined;
  readonly completionTokensPerSecond: number | undefined;
  /** Times between tokens: the median, and what 99 of 100 stay below. */
  readonly interTokenMedian: number | undefined;
  readonly interTokenP99: number | undefined;
}

/** An engine's state and totals. */
export interface EngineMetrics {
  /** Generations, embeddings and rankings. */
  readonly requests: { readonly running: number; readonly waiting: number; readonly finished: number };
  readonly slots: { readonly total: number; readonly busy: number };
  readonly cache: {
    readonly tokens: number;
    readonly capacity: number;
    readonly sequences: number;
    readonly hostBytes: number;
    readonly diskBytes: number;
  };
  readonly tokens: {
    readonly prompt: number;
    readonly cached: number;
    readonly completion: number;
    readonly draft: number;
    readonly acceptedDraft: number;
  };
  /** Steps with work, and how many tokens a step computed, on average and of what fits. */
  readonly steps: { readonly count: number; readonly meanTokens: number; readonly batchSize: number };
}
