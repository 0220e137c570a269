import type { Context } from "hono";
import { mayManage } from "../../auth/may-manage.js";
import { parseKeepAlive } from "../../directory/keep-alive.js";
import type { ServedLoadOptions } from "../../directory/served-model.js";
import { HttpError } from "../../http/http-error.js";
import type { ServerEnv } from "../../server-env.js";
import type { Services } from "../../services.js";
import { takeModel, type TakenModel } from "../../take-model.js";

/** A model that was taken for a request, and how long that took. */
export interface AskedModel extends TakenModel {
  /** When the request came, as `performance.now()` has it. */
  readonly startedAt: number;
  /** Milliseconds until the model was there. */
  readonly loadMs: number;
}

export interface AskOptions {
  /** As the request says it. */
  readonly keepAlive?: string | number | undefined;
  readonly load?: ServedLoadOptions | undefined;
}

/** Takes the model that a request asks for. */
export async function askModel(
  context: Context<ServerEnv>,
  services: Services,
  name: string,
  { keepAlive, load }: AskOptions,
): Promise<AskedModel> {
  const startedAt = performance.now();
  const stay = keepAlive === undefined ? undefined : parseKeepAlive(keepAlive);
  const taken = await takeModel(context, services, name, stay, load);
  return { ...taken, startedAt, loadMs: performance.now() - startedAt };
}

/**
 * What a request that says nothing asks for: that the model is loaded, or, where it is to stay no longer, unloaded.
 *
 * @returns why it is done, in Ollama's word
 */
export async function loadOrUnload(
  context: Context<ServerEnv>,
  services: Services,
  name: string,
  options: AskOptions,
): Promise<"load" | "unload"> {
  if (options.keepAlive !== undefined && parseKeepAlive(options.keepAlive) === 0) {
    if (!mayManage(context)) throw new HttpError("FORBIDDEN", "This API key has no right to unload models.");
    await services.pool.unload(name);
    return "unload";
  }
  await askModel(context, services, name, options);
  return "load";
}
