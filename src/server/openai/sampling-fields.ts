import { z } from "zod";
import { definedOf } from "../../engine/defined-of.js";
import type { SamplingOptions } from "../../engine/sampling/sampling-options.js";
import { HttpError } from "../http/http-error.js";

/** How the next token is chosen: OpenAI's fields, and those of llama.cpp that its clients send beside them. */
export const samplingFields = {
  temperature: z.number().min(0).max(100).optional(),
  top_p: z.number().min(0).max(1).optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  logit_bias: z.record(z.string(), z.number().min(-100).max(100)).optional(),
  seed: z.int().optional(),
  top_k: z.int().min(0).optional(),
  min_p: z.number().min(0).max(1).optional(),
  typical_p: z.number().min(0).max(1).optional(),
  repeat_penalty: z.number().positive().optional(),
  repeat_last_n: z.int().min(0).optional(),
  ignore_eos: z.boolean().optional(),
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
