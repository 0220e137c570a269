import { resolve } from "node:path";
import { resolveModel } from "../../../models/index.js";
import type { AnsweringModel } from "./answer-writer.js";
import { ProgressDisplay } from "../../progress-display.js";
import type { RunOptions } from "./run-options.js";
import { serviceElsewhere } from "../../service/find-service.js";
import type { ServiceClient } from "../../service/service-client.js";
import { needsThisProcess } from "./thinking.js";

export interface FoundModel {
  readonly found: AnsweringModel;
  /** Who answers; undefined where this process does. */
  readonly service: ServiceClient | undefined;
}

/** Finds the model, and who answers: this process, for a file and where it is told so; or else a service, which may be elsewhere. */
export async function findModel(name: string, options: RunOptions, signal: AbortSignal): Promise<FoundModel> {
  const isLocal = options.local === true || needsThisProcess(options);
  const elsewhere = isLocal ? undefined : serviceElsewhere();
  if (elsewhere !== undefined) return { found: { name, path: "", source: elsewhere.url }, service: elsewhere };
  using display = new ProgressDisplay(process.stderr, name);
  const offline = options.offline ?? false;
  const found = await resolveModel(name, { signal, offline, onProgress: display.show });
  const isFile = resolve(found.path) === resolve(name);
  if (isFile || isLocal) return { found, service: undefined };
  const { ensureService } = await import("../../service/start-service.js");
  return { found, service: await ensureService(signal) };
}
