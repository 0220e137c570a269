import type { Context } from "hono";
import { z } from "zod";
import { readBody } from "../../http/read-body.js";
import type { ServerEnv } from "../../server-env.js";
import type { Services } from "../../services.js";
import { modelFields, modelOf } from "../model-name.js";
import { servedStore } from "./served-store.js";

export const deleteRequestSchema = z.strictObject(modelFields);

/** `DELETE /api/delete`: removes a model from the store, when nobody uses it any more. */
export async function deleteModel(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const store = servedStore(services);
  const { name } = await store.require(modelOf(await readBody(context, deleteRequestSchema, services.limits)));
  await services.pool.unload(name);
  await store.remove(name);
  return context.body(null, 200);
}
