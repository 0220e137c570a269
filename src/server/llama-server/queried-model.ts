import type { Context } from "hono";
import { HttpError } from "../http/http-error.js";
import { modelName } from "../model-name.js";
import type { ServerEnv } from "../server-env.js";
import type { Services } from "../services.js";
import { takeModel, type TakenModel } from "../take-model.js";

/**
 * The model that the query's `model` names, or the only one. It is loaded where it is not, unless the query says
 * `autoload=false`.
 */
export async function queriedModel(context: Context<ServerEnv>, services: Services): Promise<TakenModel> {
  const name = await modelName(services, context.req.query("model"));
  if (/^(false|0)$/.test(context.req.query("autoload") ?? "")) {
    const { id } = await services.directory.find(name);
    if (!services.pool.list().some((one) => one.id === id && one.state === "ready"))
      throw new HttpError("BUSY", `${id} is not loaded.`, { hint: "POST /models/load loads it." });
  }
  return takeModel(context, services, name);
}
