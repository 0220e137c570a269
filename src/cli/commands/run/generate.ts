import { definedOf } from "../../../engine/defined-of.js";
import { MullamaError } from "../../../errors.js";
import { load, type LoadedModel } from "../../../mullama.js";
import { outputOf } from "./output-format.js";
import type { GenerationEvent, GenerationRequest } from "./generation.js";

/** Bytes of a prompt from which on the model gets all the context that it was trained for. */
const LONG_PROMPT = 6000;

type Text = Exclude<GenerationEvent, { type: "finish" }>;
type Finish = Extract<GenerationEvent, { type: "finish" }>;

/**
 * Loads a model and streams its answer.
 *
 * @throws {MullamaError} `ABORTED` when cancelled before the first text; after that, the stream finishes as `aborted`.
 */
export async function* generate(request: GenerationRequest): AsyncGenerator<GenerationEvent> {
  const begun = performance.now();
  await using model = await loadFor(request);
  const loaded = performance.now() - begun;
  const answer = typeof request.prompt === "string" ? goOn(model, request.prompt, request) : respond(model, request);
  let finish = finishOf("aborted", {}, {});
  let said = false;
  try {
    for (;;) {
      const { done, value } = await answer.next();
      if (done === true) {
        finish = value;
        break;
      }
      said = true;
      yield value;
    }
  } catch (error) {
    if (!request.signal.aborted || !said) throw withOption(error);
  }
  yield { ...finish, timings: { ...finish.timings, load: loaded } };
}

function loadFor({ model, prompt, contextSize, threads, gpuLayers, signal }: GenerationRequest): Promise<LoadedModel> {
  const long = Buffer.byteLength(typeof prompt === "string" ? prompt : JSON.stringify(prompt)) > LONG_PROMPT;
  return load(model, {
    offline: true,
    parallel: 1,
    cachedSequences: 0,
    signal,
    ...definedOf({ contextSize: contextSize ?? (long ? "auto" : undefined), threads, gpuLayers }),
  });
}

/** Answers a conversation. */
async function* respond(model: LoadedModel, request: GenerationRequest): AsyncGenerator<Text, Finish> {
  const { prompt, maxTokens, temperature, seed, think: reasoning, format, signal } = request;
  const messages = typeof prompt === "string" ? [] : prompt;
  const output = format === undefined ? undefined : outputOf(format);
  const stream = model.respond(messages, { signal, ...definedOf({ maxTokens, temperature, seed, reasoning, output }) });
  for await (const event of stream) {
    if (event.type === "text") yield event;
    else if (event.type === "reasoning") yield { type: "thought", text: event.text };
  }
  const { finishReason, usage, timings } = await stream.result;
  return finishOf(finishReason === "length" ? "length" : "stop", usage, timings);
}

/** Goes on with a text as it stands. */
async function* goOn(model: LoadedModel, prompt: string, request: GenerationRequest): AsyncGenerator<Text, Finish> {
  const { maxTokens, temperature, seed, signal } = request;
  const stream = model.stream(prompt, {
    signal,
    parseSpecial: true,
    ...definedOf({ maxTokens, temperature, seed }),
  });
  for await (const { text } of stream) if (text !== "") yield { type: "text", text };
  const { reason, usage, timings } = await stream.result;
  return finishOf(reason, usage, timings);
}

function finishOf(
  finishReason: Finish["finishReason"],
  { promptTokens = 0, completionTokens = 0 }: Partial<Finish["usage"]>,
  { prompt = 0, completion = 0 }: { readonly prompt?: number; readonly completion?: number },
): Finish {
  return {
    type: "finish",
    finishReason,
    usage: { promptTokens, completionTokens },
    timings: { load: 0, prompt, completion },
  };
}

/** What to do about it, in the command's own words. */
function withOption(error: unknown): unknown {
  if (!MullamaError.isInstance(error) || error.code !== "PROMPT_TOO_LONG") return error;
  const message = error.hint === undefined ? error.message : error.message.replace(` ${error.hint}`, "");
  const hint = "Make room with --ctx, or shorten the prompt.";
  return new MullamaError(error.code, message, { cause: error, hint });
}
