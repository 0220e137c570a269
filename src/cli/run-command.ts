import { resolve } from "node:path";
import { resolveModel } from "../models/index.js";
import { type AnsweringModel, AnswerWriter } from "./answer-writer.js";
import { ExitCode } from "./exit-code.js";
import type { GenerationEvent, GenerationRequest } from "./generation.js";
import { Interruption } from "./interruption.js";
import { ProgressDisplay } from "./progress-display.js";
import { readPrompt } from "./prompt.js";
import type { RunOptions } from "./run-options.js";
import { serviceElsewhere } from "./service/find-service.js";
import type { ServiceClient } from "./service/service-client.js";

/**
 * `mullama run`: finds the model, answers the prompt, and returns the exit status.
 * Only the answer goes to standard output; everything else to standard error.
 */
export async function runCommand(model: string, words: readonly string[], options: RunOptions): Promise<number> {
  using interruption = new Interruption();
  const { signal } = interruption;
  try {
    const prompt = await readPrompt(words, process.stdin, signal);
    const { found, service } = await findModel(model, options, signal);
    const writer = new AnswerWriter(found, options);
    const request = requestFor(found.name, prompt, options, signal);
    for await (const event of await answer(service, request)) await writer.write(event);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return interruption.exitCode ?? ExitCode.ok;
}

interface FoundModel {
  readonly found: AnsweringModel;
  /** Who answers; undefined where this process does. */
  readonly service: ServiceClient | undefined;
}

/** Finds the model, and who answers: this process, for a file and where it is told so; or else a service, which may be elsewhere. */
async function findModel(name: string, options: RunOptions, signal: AbortSignal): Promise<FoundModel> {
  const elsewhere = options.local === true ? undefined : serviceElsewhere();
  if (elsewhere !== undefined) return { found: { name, path: "", source: elsewhere.url }, service: elsewhere };
  using display = new ProgressDisplay(process.stderr, name);
  const offline = options.offline ?? false;
  const found = await resolveModel(name, { signal, offline, onProgress: display.show });
  const isFile = resolve(found.path) === resolve(name);
  if (isFile || options.local === true) return { found, service: undefined };
  const { ensureService } = await import("./service/start-service.js");
  return { found, service: await ensureService(signal) };
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
    signal,
  };
}
