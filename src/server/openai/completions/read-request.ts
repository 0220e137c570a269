import { definedOf } from "../../../engine/defined-of.js";
import type { GenerateOptions, LoadedModel } from "../../../mullama.js";
import type { ServedModel } from "../../directory/served-model.js";
import { HttpError } from "../../http/http-error.js";
import { tokensWithin } from "../../limits/tokens-within.js";
import { readSampling } from "../sampling-fields.js";
import { textsOf } from "../text-input.js";
import type { CompletionRequest } from "./request-schema.js";

/** OpenAI's default. */
const USUAL_TOKENS = 16;

/** A prompt to go on with, and how. */
export interface CompletionCall {
  readonly prompt: string | Int32Array;
  readonly options: GenerateOptions;
}

/** @throws {HttpError} for fields that do not go together */
export function checkTogether({ echo, suffix, logprobs, best_of: best, n, stream }: CompletionRequest): void {
  const refuse = (param: string, problem: string): never => {
    throw new HttpError("ARGUMENT_INVALID", `${param}: ${problem}`, { param });
  };
  if (echo && logprobs !== undefined) refuse("echo", "Log-probabilities of the prompt are not given.");
  if (echo && suffix !== undefined) refuse("echo", "It cannot be combined with suffix.");
  if (best !== undefined && best < n) refuse("best_of", "It must be n or more.");
  if (best !== undefined && best > n && stream) refuse("best_of", "It must be n in a stream.");
}

/** What a request asks for each of its prompts. */
export function readCompletionRequest(
  request: CompletionRequest,
  model: LoadedModel,
  served: ServedModel,
): Promise<CompletionCall[]> {
  const { suffix, stop, echo, logprobs, grammar, max_tokens: wanted } = request;
  const { maxTokens: most = USUAL_TOKENS } = served.limits;
  const maxTokens = tokensWithin(served, wanted, "max_tokens") ?? Math.min(USUAL_TOKENS, most);
  const options: GenerateOptions = {
    ...served.defaults,
    ...readSampling(request),
    ...definedOf({
      maxTokens,
      stop: typeof stop === "string" ? [stop] : stop,
      logprobs,
      grammar,
      echo: echo ? true : undefined,
      // Whoever writes a raw prompt writes its control tokens, too.
      parseSpecial: suffix === undefined ? true : undefined,
    }),
  };
  return Promise.all(
    textsOf(request.prompt).map(async (prompt) => {
      if (suffix === undefined)
        return { prompt: typeof prompt === "string" ? prompt : Int32Array.from(prompt), options };
      const prefix = typeof prompt === "string" ? prompt : await model.detokenize(prompt);
      return { prompt: await model.infillPrompt(prefix, suffix), options };
    }),
  );
}
