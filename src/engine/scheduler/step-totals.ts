/** What a scheduler has done since it began. */
export interface StepTotals {
  steps: number;
  /** Tokens computed, guessed ones included. */
  computed: number;
  prompt: number;
  completion: number;
  draft: number;
  acceptedDraft: number;
}

export function newTotals(): StepTotals {
  return { steps: 0, computed: 0, prompt: 0, completion: 0, draft: 0, acceptedDraft: 0 };
}
