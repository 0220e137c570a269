import type { Context } from "hono";
import { z } from "zod";
import { readBody } from "../../http/read-body.js";
import type { ServerEnv } from "../../server-env.js";
import type { Services } from "../../services.js";
import { servedStore } from "./served-store.js";

export const copyRequestSchema = z.strictObject({
  source: z.string().min(1).describe("Its name."),
  destination: z.string().min(1).describe("The second name."),
});

/** `POST /api/copy`: gives a model of the store a second name. */
export async function copyModel(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const { source, destination } = await readBody(context, copyRequestSchema, services.limits);
  const { name } = await servedStore(services).copy(source, destination);
  // What had that name before is not what it means now.
  await services.pool.unload(name);
  return context.body(null, 200);
}
