import type { Context } from "hono";
import { z } from "zod";
import { HttpError } from "../../http/http-error.js";
import { readBody } from "../../http/read-body.js";
import { departureOf } from "../../http/departure.js";
import type { ServerEnv } from "../../server-env.js";
import type { Services } from "../../services.js";

export const loadRequestSchema = z.strictObject({ model: z.string().min(1).describe("Name of the model.") });

/** `POST /models/load`: answers when it is loaded. */
export async function loadModel(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const { model } = await readBody(context, loadRequestSchema, services.limits);
  context.set("model", model);
  await services.pool.load(model, { signal: departureOf(context).signal });
  return context.json({ success: true });
}

/** `POST /models/unload`: answers when the requests that it works on have ended, and it is gone. */
export async function unloadModel(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const { model } = await readBody(context, loadRequestSchema, services.limits);
  context.set("model", model);
  if (await services.pool.unload(model)) return context.json({ success: true });
  throw new HttpError("ARGUMENT_INVALID", `${model} is not loaded.`, { param: "model" });
}
