import { makeOutputGrammar } from "../../../chat/aside/make-grammar.js";
import { definedOf } from "../../../engine/defined-of.js";
import type { GenerateOptions } from "../../../mullama.js";
import type { ServedModel } from "../../directory/served-model.js";
import { HttpError } from "../../http/http-error.js";
import { tokensWithin } from "../../limits/tokens-within.js";
import type { TakenModel } from "../../take-model.js";
import { readBias } from "./read-bias.js";
import { readSampling } from "./read-sampling.js";
import type { CompletionFields } from "./request-schema.js";

/** What a request asks of each generation. @param contextShift whether a full context makes room for more */
export async function readOptions(
  request: CompletionFields,
  { model, served, options }: TakenModel,
  contextShift: boolean,
): Promise<GenerateOptions> {
  const { n_predict: predict = request.max_tokens ?? served.defaults.maxTokens, n_keep: keep = 0, stop } = request;
  const { maxTokens: _maxTokens, ...defaults } = served.defaults;
  return {
    ...defaults,
    ...readSampling(request, model.info.contextSizePerSequence),
    ...definedOf({
      maxTokens:
        predict === undefined || predict < 0 ? served.limits.maxTokens : tokensWithin(served, predict, "n_predict"),
      logitBias: await readBias(model, request.logit_bias),
      stop: typeof stop === "string" ? [stop] : stop,
      grammar: await readGrammar(request, options.signal),
      reuse: request.cache_prompt,
      adapters: request.lora === undefined ? undefined : readAdapters(request.lora, served),
    }),
    ...(contextShift ? { overflow: "shift" as const, ...(keep < 0 ? {} : { keepTokens: keep }) } : {}),
  };
}

async function readGrammar(
  { grammar, json_schema: schema }: CompletionFields,
  signal: AbortSignal,
): Promise<GenerateOptions["grammar"]> {
  if (grammar !== undefined && grammar !== "") return grammar;
  return schema === undefined ? undefined : makeOutputGrammar({ schema }, signal);
}

/** Adapters that are not named do not work. */
function readAdapters(
  wanted: NonNullable<CompletionFields["lora"]>,
  { loraAdapters }: ServedModel,
): GenerateOptions["adapters"] {
  return wanted
    .filter(({ scale }) => scale !== 0)
    .map(({ id, scale }) => {
      const adapter = loraAdapters[id];
      if (adapter !== undefined) return { path: adapter.path, scale };
      throw new HttpError("ARGUMENT_INVALID", `lora: There is no adapter ${id}; GET /lora-adapters lists them.`, {
        param: "lora",
      });
    });
}
