import type { Context } from "hono";
import { definedOf } from "../engine/defined-of.js";
import type { LoadedModel } from "../mullama.js";
import type { ServedLoadOptions, ServedModel } from "./directory/served-model.js";
import { mayManage } from "./auth/may-manage.js";
import { requireModest } from "./auth/require-modest.js";
import { departureOf } from "./http/departure.js";
import { modelName } from "./model-name.js";
import type { ServerEnv } from "./server-env.js";
import type { Services } from "./services.js";

/** A model that answers a request. */
export interface TakenModel {
  /** What the request calls it, for the answer. */
  readonly name: string;
  readonly model: LoadedModel;
  /** How it is described, with the defaults of its requests. */
  readonly served: ServedModel;
  /** Is aborted when the client goes; for `sseResponse` and `ndjsonResponse`. */
  readonly departure: AbortController;
  /** What every generation is given: it ends when the client goes, and in time. */
  readonly options: { readonly signal: AbortSignal; readonly deadline?: number };
  /** To be told of an error in the middle of a stream; of what a handler throws, the app tells it. */
  readonly failed: (error: unknown) => void;
}

/** What every stream of an answer is sent with. */
export function streamOptions(
  { departure }: TakenModel,
  { heartbeatMs }: Services,
): { readonly departure: AbortController; readonly heartbeatMs: number | undefined } {
  return { departure, heartbeatMs };
}

/**
 * Takes the model of a name for a request, and gives it back when the request's answer has been sent.
 *
 * @param name undefined or empty: the only model that there is
 * @param keepAlive milliseconds that it stays loaded afterwards, where the request says so
 * @param load how it is loaded, where the request says so
 */
export async function takeModel(
  context: Context<ServerEnv>,
  services: Services,
  name: string | undefined,
  keepAlive?: number,
  load?: ServedLoadOptions,
): Promise<TakenModel> {
  const departure = departureOf(context);
  const { signal } = departure;
  const wanted = await modelName(services, name);
  context.set("model", wanted);
  const manages = mayManage(context);
  // Whoever may not fetch models asks for those that are here.
  if (!manages && services.options.downloads === true) await services.directory.find(wanted, false);
  const lease = await services.pool.lease(wanted, { signal, ...(manages ? { keepAlive, load } : {}) });
  const failed = (error: unknown): void => lease.failed(error);
  context.get("ended").push(() => lease.release());
  if (!manages) {
    const longest = lease.served.keepAlive ?? services.keepAliveMs;
    requireModest({ keepAlive, load }, lease.served, lease.model, longest);
  }
  context.set("failed", failed);
  const options = { signal, ...definedOf({ deadline: services.deadline }) };
  return { name: wanted, model: lease.model, served: lease.served, departure, options, failed };
}
