import type { Context } from "hono";
import { z } from "zod";
import { readBody } from "../http/read-body.js";
import type { ServerEnv } from "../server-env.js";
import type { Services } from "../services.js";
import { modelField } from "../model-name.js";

export const controlRequestSchema = z.strictObject({
  id: z.string().min(1).describe("The id of the streamed answer."),
  action: z.literal("reasoning_end").describe("Ends its thoughts."),
  model: modelField,
});

/** `POST /v1/chat/completions/control`: makes a model that thinks in a stream answer now. */
export async function chatControl(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const { id } = await readBody(context, controlRequestSchema, services.limits);
  if (services.liveChats.endReasoning(id)) return context.json({ success: true });
  const message = "No answer of this id is being streamed, or it was not asked for with reasoning_control.";
  return context.json({ success: false, message });
}
