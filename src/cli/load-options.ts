import type { Command } from "commander";
import { definedOf } from "../engine/defined-of.js";
import type { LoadedModel, LoadOptions } from "../mullama.js";
import { wholeNumber } from "./parse-number.js";

/** How the model of a command that gives no answers is loaded. */
export interface LoadCommandOptions {
  readonly threads?: number;
  readonly gpuLayers?: number;
  readonly offline?: true;
}

/** Adds the options of commands that load a model into this process. */
export function addLoadOptions(command: Command): Command {
  return command
    .option("--threads <count>", "processor threads to use", wholeNumber(1, 512))
    .option("--gpu-layers <count>", "layers to put on the GPU", wholeNumber(0, 2 ** 31 - 1))
    .option("--offline", "do not download anything");
}

/** Loads a model into this process, and shows how its download goes on. */
export async function loadModel(
  name: string,
  options: LoadCommandOptions,
  more: Pick<LoadOptions, "signal">,
): Promise<LoadedModel> {
  const [{ load }, { ProgressDisplay }] = await Promise.all([import("../mullama.js"), import("./progress-display.js")]);
  using display = new ProgressDisplay(process.stderr, name);
  return await load(name, {
    ...more,
    // Vectors and scores are computed in a context of their own.
    contextSize: 256,
    parallel: 1,
    ...definedOf({
      threads: options.threads,
      gpuLayers: options.gpuLayers,
      offline: options.offline,
    }),
    onProgress: (progress) => {
      if (progress.phase !== "load") display.show(progress);
    },
  });
}
