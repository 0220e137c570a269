import { MullamaError } from "../../../errors.js";
import { AnswerWriter } from "./answer-writer.js";
import { ExitCode } from "../../exit-code.js";
import { findModel } from "./find-model.js";
import type { GenerationEvent, GenerationRequest } from "./generation.js";
import { Interruption } from "../../interruption.js";
import { readInput } from "../../read-input.js";
import { readFormat } from "./output-format.js";
import type { RunOptions } from "./run-options.js";
import { thinkingOf } from "./thinking.js";
import type { ServiceClient } from "../../service/service-client.js";

/**
 * `mullama run`: finds the model, answers the prompt, and returns the exit status.
 * Only the answer goes to standard output; everything else to standard error.
 */
export async function runCommand(model: string, words: readonly string[], options: RunOptions): Promise<number> {
  if (options.image !== undefined) throw withoutImages();
  // A chat has its own ways to be interrupted.
  if (isConversation(words, options)) return (await import("./chat/chat-command.js")).chatCommand(model, options);
  if (options.mcp !== undefined) throw forChats();
  using interruption = new Interruption();
  const { signal } = interruption;
  try {
    const prompt = await readInput(words, `mullama run ${model} "Why is the sky blue?"`, signal);
    // What is wrong with the options is said before anything is fetched.
    const request = requestFor(model, prompt, options, signal);
    const { found, service } = await findModel(model, options, signal);
    const writer = new AnswerWriter(found, options);
    for await (const event of await answer(service, { ...request, model: found.name })) await writer.write(event);
  } catch (error) {
    if (!signal.aborted) throw error;
    interruption.leaveLine();
  }
  return interruption.exitCode ?? ExitCode.ok;
}

function forChats(): MullamaError {
  return new MullamaError("UNSUPPORTED", "--mcp gives tools to chats, and this is none.", {
    hint: "Leave the prompt out, and say it in the chat.",
  });
}

function withoutImages(): MullamaError {
  return new MullamaError("UNSUPPORTED", "mullama reads text only, for now: it cannot look at images.", {
    hint: "Describe the image in words.",
  });
}

/** On a terminal, without a prompt. */
function isConversation(words: readonly string[], { json, raw }: RunOptions): boolean {
  return words.length === 0 && process.stdin.isTTY && process.stdout.isTTY && json !== true && raw !== true;
}

/** Loaded late: most of what can go wrong with a command line does so before the library is needed. */
async function answer(
  service: ServiceClient | undefined,
  request: GenerationRequest,
): Promise<AsyncIterable<GenerationEvent>> {
  if (service === undefined) return (await import("./generate.js")).generate(request);
  return (await import("./generate-remote.js")).generateRemotely(service, request);
}

function requestFor(model: string, prompt: string, options: RunOptions, signal: AbortSignal): GenerationRequest {
  const system = options.system === undefined ? [] : [{ role: "system", content: options.system }];
  return {
    model,
    prompt: options.raw === true ? prompt : [...system, { role: "user", content: prompt }],
    maxTokens: options.maxTokens,
    temperature: options.temperature,
    seed: options.seed,
    contextSize: options.ctx,
    threads: options.threads,
    gpuLayers: options.gpuLayers,
    think: thinkingOf(options),
    format: options.format === undefined ? undefined : readFormat(options.format),
    signal,
  };
}
