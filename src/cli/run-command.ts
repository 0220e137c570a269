import { type ResolvedModel, resolveModel } from "../models/index.js";
import { AnswerWriter } from "./answer-writer.js";
import { ExitCode } from "./exit-code.js";
import type { GenerationRequest } from "./generation.js";
import { Interruption } from "./interruption.js";
import { ProgressDisplay } from "./progress-display.js";
import { readPrompt } from "./prompt.js";
import type { RunOptions } from "./run-options.js";

/**
 * `mullama run`: finds the model, answers the prompt, and returns the exit status.
 * Only the answer goes to standard output; everything else to standard error.
 */
export async function runCommand(model: string, words: readonly string[], options: RunOptions): Promise<number> {
  using interruption = new Interruption();
  const { signal } = interruption;
  try {
    const prompt = await readPrompt(words, process.stdin, signal);
    const found = await findModel(model, options, signal);
    // Loaded late: most of what can go wrong with a command line does so before the library is needed.
    const { generate } = await import("./generate.js");
    const writer = new AnswerWriter(found, options);
    for await (const event of generate(requestFor(found.path, prompt, options, signal))) await writer.write(event);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return interruption.exitCode ?? ExitCode.ok;
}

async function findModel(name: string, options: RunOptions, signal: AbortSignal): Promise<ResolvedModel> {
  using display = new ProgressDisplay(process.stderr, name);
  return await resolveModel(name, { signal, offline: options.offline ?? false, onProgress: display.show });
}

function requestFor(path: string, prompt: string, options: RunOptions, signal: AbortSignal): GenerationRequest {
  const system = options.system === undefined ? [] : [{ role: "system", content: options.system }];
  return {
    path,
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
