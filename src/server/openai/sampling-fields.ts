import { z } from "zod";
import { definedOf } from "../../engine/defined-of.js";
import type { SamplingOptions } from "../../engine/sampling/sampling-options.js";
import { HttpError } from "../http/http-error.js";

/** How the next token is chosen: OpenAI's fields, and those of llama.cpp that its clients send beside them. */
export const samplingFields = {
  temperature: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .describe(
      "How much is left to chance; 0 takes the likeliest token. Default: what the model recommends, or else 0.8.",
    ),
  top_p: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("Only the likeliest tokens that together have this probability. Default 0.95."),
  frequency_penalty: z
    .number()
    .min(-2)
    .max(2)
    .optional()
    .describe("Makes tokens less likely by how often they came. Default 0."),
  presence_penalty: z
    .number()
    .min(-2)
    .max(2)
    .optional()
    .describe("Makes tokens that came before less likely. Default 0."),
  logit_bias: z
    .record(z.string(), z.number().min(-100).max(100))
    .optional()
    .describe("What is added to the logits of tokens, by their numbers; -100 rules one out."),
  seed: z.int().optional().describe("The same request with the same seed gives the same answer."),
  top_k: z.int().min(0).optional().describe("Only so many of the likeliest tokens; 0 for all. Default 40."),
  min_p: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("Only tokens at least this probable, measured by the likeliest. Default 0.05."),
  typical_p: z.number().min(0).max(1).optional().describe("Locally typical sampling. Default 1: off."),
  repeat_penalty: z
    .number()
    .positive()
    .optional()
    .describe("Divides the logits of tokens that came before. Default 1: off."),
  repeat_last_n: z.int().min(0).optional().describe("How many of the last tokens penalties look at. Default 64."),
  ignore_eos: z.boolean().optional().describe("Whether the model's own end is ruled out. Default false."),
};

export type SamplingFields = z.output<z.ZodObject<typeof samplingFields>>;

/** The engine's sampling options, as far as a request names any. */
export function readSampling(fields: SamplingFields): SamplingOptions {
  return definedOf({
    temperature: fields.temperature,
    topP: fields.top_p,
    frequencyPenalty: fields.frequency_penalty,
    presencePenalty: fields.presence_penalty,
    logitBias: fields.logit_bias === undefined ? undefined : readBias(fields.logit_bias),
    // Seeds of OpenAI's may be negative, or longer than ours.
    seed: fields.seed === undefined ? undefined : Number(BigInt.asUintN(31, BigInt(fields.seed))),
    topK: fields.top_k,
    minP: fields.min_p,
    typicalP: fields.typical_p,
    repeatPenalty: fields.repeat_penalty,
    penaltyLastTokens: fields.repeat_last_n,
    ignoreEos: fields.ignore_eos,
  });
}

/** OpenAI's -100 rules a token out. */
function readBias(biases: Readonly<Record<string, number>>): [token: number, bias: number][] {
  return Object.entries(biases).map(([token, bias]) => {
    if (!/^\d+$/.test(token)) {
      const param = `logit_bias.${token}`;
      throw new HttpError("ARGUMENT_INVALID", `${param}: It must be the number of a token.`, { param });
    }
    return [Number(token), bias === -100 ? -Infinity : bias];
  });
}
