/** Options of an answer that are not about sampling, and that other libraries have no setting for. */
export const besideSampling = {
  stopTokens: true,
  adapters: true,
  controlVectors: true,
  maxPromptTokens: true,
  priority: true,
  deadline: true,
  overflow: true,
  keepTokens: true,
  reuse: true,
  speculate: true,
  parallelToolCalls: true,
  documents: true,
  variables: true,
  reasoning: true,
  prefill: true,
  output: true,
} as const;
