import { readFile, stat } from "node:fs/promises";
import { MullamaError } from "../../errors.js";
import { definedOf } from "../../engine/defined-of.js";
import type { ServerOptions } from "../server-options.js";
import type { Services } from "../services.js";
import { type Presets, readPresets } from "./preset.js";

/** How often the file is looked at: editors replace files, which watching by events does not follow. */
const INTERVAL_MS = 1000;

/**
 * Reads the presets and limits of the config file now, and again whenever it changes. A file that has become wrong changes nothing, and
 * is told to `onError`.
 *
 * @returns undefined where there is no config file
 */
export async function watchPresets({
  directory,
  options,
}: Pick<Services, "directory" | "options">): Promise<{ close(): void } | undefined> {
  const { config, onError } = options;
  if (config === undefined) return undefined;
  const read = async (): Promise<void> => {
    const { models, limits } = await readTogether(config, options);
    directory.replacePresets(models, limits);
  };
  let seen = await stampOf(config);
  await read();
  const look = async (): Promise<void> => {
    const stamp = await stampOf(config);
    if (stamp === seen) return;
    seen = stamp;
    await read();
  };
  const timer = setInterval(() => void look().catch((error: unknown) => onError?.(error, "config")), INTERVAL_MS);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

/** What is different of a file that has changed. */
async function stampOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? "gone" : `${found.mtimeMs} ${found.size} ${found.ino}`;
}

/** The presets of a file, and those of the options where it has no other by that name; limits that the options name stay. */
async function readTogether(path: string, { models = {}, limits = {} }: ServerOptions): Promise<Presets> {
  const own = readPresets(await readJsonFile(path));
  const names = new Set(own.models.map(({ id }) => id));
  const others = readPresets({ models }).models.filter(({ id }) => !names.has(id));
  return { models: [...own.models, ...others], limits: { ...own.limits, ...definedOf(limits) } };
}

async function readJsonFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as unknown;
  } catch (cause) {
    throw new MullamaError("ARGUMENT_INVALID", `The config file ${path} cannot be read: ${(cause as Error).message}.`, {
      cause,
    });
  }
}
