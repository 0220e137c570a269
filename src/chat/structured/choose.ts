import { writePromptAside } from "../aside/write-prompt.js";
import { GrammarWriter, quoted } from "../schema/gbnf.js";
import type { ChatMessage } from "../message.js";
import { promptTokens } from "../prompt-tokens.js";
import type { Responder } from "../responder.js";
import type { RespondOptions } from "../respond-options.js";
import { ruleGrammar } from "../grammar/answer-grammar.js";
import { distinctChoices } from "../grammar/choices.js";

/** What a model chose. */
export interface Choice<Option extends string> {
  /** The likeliest. */
  readonly choice: Option;
  /** The probability of each, together 1, in the order that they were given. */
  readonly probabilities: readonly { readonly choice: Option; readonly probability: number }[];
}

export type ChoiceOptions = Pick<
  RespondOptions,
  "signal" | "documents" | "variables" | "priority" | "deadline" | "adapters" | "controlVectors"
>;

/**
 * Weighs answers against each other: each is computed as if the model had given it, and what it costs the model is its
 * probability. An answer that is the beginning of another is never the less likely of the two.
 *
 * @throws {ArgumentError} where there is nothing to choose from
 */
export async function choose<Option extends string>(
  responder: Responder,
  messages: readonly ChatMessage[],
  choices: readonly Option[],
  options: ChoiceOptions = {},
): Promise<Choice<Option>> {
  const { signal, documents, variables, ...request } = options;
  const distinct = distinctChoices("choices", choices);
  const { client, format } = responder;
  const written = await writePromptAside(format, messages, { documents, variables, reasoning: false }, signal);
  const prompt = await promptTokens(responder, written);
  const scores = await Promise.all(
    distinct.map(async (choice) => {
      const grammar = ruleGrammar(
        { traits: format.traits, inReasoning: false, mayReason: false },
        new GrammarWriter(),
        quoted(choice),
      );
      const stream = client.stream(
        { ...request, prompt, grammar, logprobs: 0, temperature: 0, samplers: ["temperature"], speculate: false },
        { signal },
      );
      let sum = 0;
      for await (const { logprobs = [] } of stream) for (const { logprob } of logprobs) sum += logprob;
      return sum;
    }),
  );
  const most = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - most));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const probabilities = distinct.map((choice, index) => ({ choice, probability: (weights[index] ?? 0) / total }));
  const [best] = [...probabilities].sort((one, other) => other.probability - one.probability);
  return { choice: best?.choice ?? (distinct[0] as Option), probabilities };
}
