import type { Context } from "hono";
import { z } from "zod";
import { HttpError } from "../http/http-error.js";
import { readBody } from "../http/read-body.js";
import { modelName } from "../model-name.js";
import type { ServerEnv } from "../server-env.js";
import type { Services } from "../services.js";

/** `GET /lora-adapters`: those of the query's `model`, and how strongly each works. */
export async function loraList(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const { loraAdapters } = await services.directory.find(await modelName(services, context.req.query("model")));
  return context.json(loraAdapters.map(({ path, scale }, id) => ({ id, path, scale })));
}

export const loraRequestSchema = z.array(z.strictObject({ id: z.int().min(0), scale: z.number().min(-1e6).max(1e6) }));

/** `POST /lora-adapters`: how strongly they work from now on, in every request that says nothing else; 0 for those left out. */
export async function setLora(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const wanted = await readBody(context, loraRequestSchema, services.limits);
  const { directory } = services;
  const { id, loraAdapters } = await directory.find(await modelName(services, context.req.query("model")));
  const unknown = wanted.find((one) => one.id >= loraAdapters.length);
  if (unknown !== undefined)
    throw new HttpError("ARGUMENT_INVALID", `${id} has no adapter ${unknown.id}.`, { param: "id" });
  const scales = new Map(wanted.map((one) => [one.id, one.scale]));
  directory.setAdapterScales(
    id,
    loraAdapters.map((_, number) => scales.get(number) ?? 0),
  );
  return context.json({ success: true });
}
