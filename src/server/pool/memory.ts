/** What models will need, and what this machine has for them. */
import { freemem, totalmem } from "node:os";
import { checkEngineOptions } from "../../engine/engine-parts.js";
import { fitEngine } from "../../engine/fit/fit-engine.js";
import { resolveModel, settingsOf, withDefaults } from "../../models/index.js";
import type { ServedModel } from "../directory/served-model.js";
import type { LoadCall, MemoryNeed } from "./pool-options.js";

/** Of what is free now, and of all that there is, models get no more than this: other programs want to live. */
const SHARE = 0.9;

/** What a model will need, told from its file's header. A model that has yet to be fetched is fetched. */
export async function estimateNeed({ source, options }: ServedModel, call: LoadCall): Promise<MemoryNeed> {
  const { offline, home, network, chatTemplate: _template, ...engine } = options;
  const model = await resolveModel(source, { offline, home, network, ...call });
  const wanted = withDefaults(engine, settingsOf(model).engine);
  const { estimate } = fitEngine(checkEngineOptions({ ...wanted, path: model.path }));
  return { host: estimate.host, gpu: estimate.gpu };
}

/**
 * Bytes that a load may take now. Weights that are mapped from a file count as free for the system, so what was granted before
 * is subtracted from all that there is, too.
 *
 * @param limit bytes for all models together. Default: 90 % of the machine's
 */
export function freeRoom(granted: number, limit = totalMemory() * SHARE): number {
  return Math.min((process.availableMemory?.() ?? freemem()) * SHARE, limit - granted);
}

/** The machine's memory, or what this process is limited to. */
function totalMemory(): number {
  const limited = process.constrainedMemory?.() ?? 0;
  return limited > 0 && limited < totalmem() ? limited : totalmem();
}
