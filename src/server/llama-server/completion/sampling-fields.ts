/** How llama-server's clients say how the next token is chosen. */
import { z } from "zod";

const number = z.number().min(-1e6).max(1e6).optional();
const count = z
  .int()
  .min(-1)
  .max(2 ** 24)
  .optional();

/** A field that would change something if it had another value: that one is refused. */
export function only(...values: readonly (number | boolean)[]): z.ZodOptional<z.ZodLiteral<number | boolean>> {
  const allowed = values.join(" or ");
  const problem = `This engine cannot do it: only ${allowed} is taken.`;
  return z.literal([...values], problem).optional();
}

export const biasSchema = z.union(
  [
    z.array(z.tuple([z.union([z.int().min(0), z.string()]), z.union([z.number(), z.literal(false)])])),
    z.record(z.string(), z.union([z.number(), z.literal(false)])),
  ],
  'It must be [[token or text, bias or false], …] or { "token or text": bias or false }.',
);

export const samplingFields = {
  temperature: number.describe(
    "How much is left to chance; 0 or less takes the likeliest token. Default: what the model recommends, or else 0.8.",
  ),
  dynatemp_range: number.describe("The temperature moves by up to this with how sure the model is. Default 0: off."),
  dynatemp_exponent: number.describe("How it moves. Default 1."),
  top_k: z
    .int()
    .max(2 ** 31 - 1)
    .optional()
    .describe("Only so many of the likeliest tokens; 0 or less for all. Default 40."),
  top_p: number.describe("Only the likeliest tokens that together have this probability. Default 0.95."),
  min_p: number.describe("Only tokens at least this probable, measured by the likeliest. Default 0.05."),
  typical_p: number.describe("Locally typical sampling. Default 1: off."),
  top_n_sigma: number.describe(
    "Only tokens within so many standard deviations of the greatest logit. Default -1: off.",
  ),
  xtc_probability: number.describe("How often the likeliest tokens are left out (XTC). Default 0: never."),
  xtc_threshold: number.describe("Which tokens XTC may leave out. Default 0.1."),
  repeat_last_n: count.describe("How many of the last tokens penalties look at; -1 for the whole context. Default 64."),
  repeat_penalty: number.describe("Divides the logits of tokens that came before. Default 1: off."),
  presence_penalty: number.describe("Makes tokens that came before less likely. Default 0."),
  frequency_penalty: number.describe("Makes tokens less likely by how often they came. Default 0."),
  dry_multiplier: number.describe("How strongly repeated passages are punished (DRY). Default 0: off."),
  dry_base: number.describe("How fast that grows with their length. Default 1.75."),
  dry_allowed_length: count.describe("Repeated passages up to this length are let be. Default 2."),
  dry_penalty_last_n: count.describe("How far back DRY looks, in tokens; -1 for the whole context."),
  dry_sequence_breakers: z.array(z.string()).min(1).optional().describe("Texts that end a passage."),
  mirostat: z.literal([0, 1, 2]).optional().describe("Keeps the surprise level: version 1 or 2. Default 0: off."),
  mirostat_tau: number.describe("The surprise that mirostat aims at. Default 5."),
  mirostat_eta: number.describe("How fast mirostat learns. Default 0.1."),
  adaptive_target: number.describe("The probability that adaptive-p aims at. Negative: off."),
  adaptive_decay: number.describe("How long adaptive-p remembers."),
  seed: z
    .int()
    .min(-1)
    .max(2 ** 32 - 1)
    .optional()
    .describe("The same request with the same seed gives the same answer; -1 for any."),
  ignore_eos: z.boolean().optional().describe("Whether the model's own end is ruled out. Default false."),
  logit_bias: biasSchema.optional().describe("What is added to the logits of tokens; false rules one out."),
  samplers: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe("Which samplers, in which order."),
  n_probs: z
    .int()
    .min(0)
    .max(256)
    .optional()
    .describe("How many of the likeliest tokens are given at each place. Default 0."),
  post_sampling_probs: only(false).describe("Probabilities are the model's own."),
  min_keep: only(0).describe("Must be 0."),
  backend_sampling: only(false).describe("Must be false."),
};

export type SamplingFields = z.output<z.ZodObject<typeof samplingFields>>;
