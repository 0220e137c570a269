import { definedOf } from "../../../../engine/defined-of.js";
import { ExitCode } from "../../../exit-code.js";
import { findModel } from "../find-model.js";
import { Interruption } from "../../../interruption.js";
import { readFormat } from "../output-format.js";
import type { RunOptions } from "../run-options.js";
import type { ServiceClient } from "../../../service/service-client.js";
import { painterFor } from "../../../terminal/color.js";
import { thinkingOf } from "../thinking.js";
import { LiveLines } from "../../../terminal/live-lines.js";
import { ChatLoop } from "./chat-loop.js";
import { Conversation } from "./conversation.js";
import { openTools } from "./open-tools.js";
import type { Talker, TalkSettings } from "./talker.js";

/** `mullama run MODEL` on a terminal: a conversation. @returns the exit status */
export async function chatCommand(name: string, options: RunOptions): Promise<number> {
  const conversation = new Conversation(settingsOf(options));
  conversation.verbose = options.verbose === true;
  conversation.showThoughts = options.hideThinking !== true;
  const begun = await begin(name, options, conversation.settings);
  if (typeof begun === "number") return begun;
  await using talker = begun.talker;
  const loop = new ChatLoop({ model: begun.model, talker, conversation });
  return await loop.run();
}

function settingsOf(options: RunOptions): TalkSettings {
  const { temperature, seed, ctx, threads, gpuLayers, maxTokens, system, format } = options;
  return {
    system,
    parameters: definedOf({
      temperature,
      seed,
      num_ctx: ctx,
      num_thread: threads,
      num_gpu: gpuLayers,
      num_predict: maxTokens,
    }),
    think: thinkingOf(options),
    format: format === undefined ? undefined : readFormat(format),
  };
}

/** Finds the model and loads it, which Ctrl-C stops. */
async function begin(
  name: string,
  options: RunOptions,
  settings: TalkSettings,
): Promise<{ readonly model: string; readonly talker: Talker } | number> {
  using interruption = new Interruption();
  const { signal } = interruption;
  try {
    const { found, service } = await findModel(name, options, signal);
    const wait = new LiveLines(process.stderr);
    wait.show([painterFor(process.stderr)(["dim"], `Loading ${found.name} …`)]);
    try {
      const talker = await talkerFor(service, found.name, options, signal);
      try {
        await talker.prepare(settings, signal);
      } catch (error) {
        await talker[Symbol.asyncDispose]();
        throw error;
      }
      return { model: found.name, talker };
    } finally {
      wait.clear();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    interruption.leaveLine();
    return interruption.exitCode ?? ExitCode.interrupted;
  }
}

/** Who answers: the service, or a model of this process. Tools are always this process's. */
async function talkerFor(
  service: ServiceClient | undefined,
  name: string,
  options: RunOptions,
  signal: AbortSignal,
): Promise<Talker> {
  const opened = await openTools(options.mcp, signal);
  try {
    if (service !== undefined) {
      const { RemoteTalker } = await import("./remote-talker.js");
      return new RemoteTalker(service, name, opened);
    }
    const [{ load }, { LocalTalker }] = await Promise.all([
      import("../../../../mullama.js"),
      import("./local-talker.js"),
    ]);
    const { ctx, threads, gpuLayers } = options;
    const model = await load(name, {
      offline: true,
      parallel: 1,
      signal,
      ...definedOf({ contextSize: ctx, threads, gpuLayers }),
    });
    return new LocalTalker(model, opened);
  } catch (error) {
    await opened.dispose();
    throw error;
  }
}
