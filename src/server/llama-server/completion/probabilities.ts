import type { TokenLogprob, TokenLogprobs } from "../../../engine/sampling/token-logprobs.js";
import type { LoadedModel } from "../../../mullama.js";
import { readLogprobs } from "../../answer/read-logprobs.js";

/** Tokens with their log-probabilities, as llama-server's clients read them. */
export async function probabilitiesOf(model: LoadedModel, logprobs: readonly TokenLogprobs[]): Promise<object[]> {
  const entries = await readLogprobs(model, logprobs);
  const withId = <Entry extends object>(one: TokenLogprob, entry: Entry): { id: number } & Entry => ({
    id: one.token,
    ...entry,
  });
  return logprobs.flatMap((one, index) => {
    const entry = entries[index];
    if (entry === undefined) return [];
    const { top_logprobs: top, ...own } = entry;
    const alternatives = one.alternatives.flatMap((other, place) => {
      const alternative = top[place];
      return alternative === undefined ? [] : [withId(other, alternative)];
    });
    return [{ ...withId(one, own), top_logprobs: alternatives }];
  });
}
