import { definedOf } from "../../../../engine/defined-of.js";
import type { ToolSet } from "../../../../chat/tools/tool.js";
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
      const talker =
        service === undefined ? await localTalker(found.name, options, signal) : await remote(service, found.name);
      await talker.prepare(settings);
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

async function remote(service: ServiceClient, model: string): Promise<Talker> {
  const { RemoteTalker } = await import("./remote-talker.js");
  return new RemoteTalker(service, model);
}

async function localTalker(name: string, options: RunOptions, signal: AbortSignal): Promise<Talker> {
  const [{ load }, { LocalTalker }] = await Promise.all([
    import("../../../../mullama.js"),
    import("./local-talker.js"),
  ]);
  const tools = options.mcp === undefined ? undefined : await openTools(options.mcp, signal);
  try {
    const { ctx, threads, gpuLayers } = options;
    const model = await load(name, {
      offline: true,
      parallel: 1,
      signal,
      ...definedOf({ contextSize: ctx, threads, gpuLayers }),
    });
    return new LocalTalker(model, tools?.tools ?? {}, async () => {
      await model.dispose();
      await tools?.dispose();
    });
  } catch (error) {
    await tools?.dispose();
    throw error;
  }
}

async function openTools(
  path: string,
  signal: AbortSignal,
): Promise<{ readonly tools: ToolSet; dispose(): Promise<void> }> {
  const [{ readFile }, { mcpTools }] = await Promise.all([
    import("node:fs/promises"),
    import("../../../../integrations/mcp/index.js"),
  ]);
  const config = JSON.parse(await readFile(path, "utf8")) as Parameters<typeof mcpTools>[0];
  return mcpTools(config, { signal });
}
