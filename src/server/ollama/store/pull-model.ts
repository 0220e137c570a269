import type { Context } from "hono";
import { z } from "zod";
import { readBody } from "../../http/read-body.js";
import type { ServerEnv } from "../../server-env.js";
import type { Services } from "../../services.js";
import { emptyText, modelFields, modelOf } from "../model-name.js";
import { fetchNamed } from "./fetch-named.js";
import { sendProgress } from "./progress.js";
import { requireRemoteName } from "./remote-name.js";
import { servedStore } from "./served-store.js";

export const pullRequestSchema = z.strictObject({
  ...modelFields,
  insecure: z
    .literal(false, "Models are fetched over verified connections only: it must be false.")
    .optional()
    .describe("Must be false."),
  username: emptyText("The server fetches with its own credentials.").describe("Must be empty."),
  password: emptyText("The server fetches with its own credentials.").describe("Must be empty."),
  stream: z.boolean().default(true).describe("Whether progress comes as lines of JSON. Default true."),
});

/** `POST /api/pull`: fetches a model into the store. */
export async function pullModel(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, pullRequestSchema, services.limits);
  const name = modelOf(request);
  servedStore(services);
  requireRemoteName(name);
  return sendProgress(context, request.stream, async (tell, signal) => {
    await fetchNamed(services, name, tell, signal);
  });
}
