import { z } from "zod";

const count = z.int().min(1).optional();

/** What requests to a model may ask for; of a preset, and of the server for all models. */
export const modelLimitsSchema = z.strictObject({
  /** Most tokens of a prompt. Default: as many as the context has room for. */
  promptTokens: count,
  /** Most tokens of an answer, and its default. Default: as many as the context has room for. */
  maxTokens: count,
});

export const requestLimitsSchema = z.strictObject({
  ...modelLimitsSchema.shape,
  /** Most answers of one request: prompts, times `n`. Default 2048. */
  answers: z.int().min(1).default(2048),
  /** Most texts to embed or to rank in one request. Default 2048. */
  inputs: z.int().min(1).default(2048),
  /** Most characters and tokens of these together, and of what is tokenized. Default 4,194,304. */
  inputLength: z
    .int()
    .min(1)
    .default(2 ** 22),
  /** Most texts that end an answer. Default 64. */
  stops: z.int().min(0).default(64),
  /** Most entries of `logit_bias`. Default 1024. */
  logitBias: z.int().min(0).default(1024),
});

/** What requests to a model may ask for. */
export type ModelLimits = z.output<typeof modelLimitsSchema>;

/** What requests may ask for; what is left out has a default. */
export type RequestLimitOptions = z.input<typeof requestLimitsSchema>;

export type RequestLimits = z.output<typeof requestLimitsSchema>;
