import type { Context } from "hono";
import { z } from "zod";
import { pushModel as push, type PushProgress } from "../../../models/index.js";
import { destinationOf } from "../../../models/push/destination.js";
import { HttpError } from "../../http/http-error.js";
import { readBody } from "../../http/read-body.js";
import type { ServerEnv } from "../../server-env.js";
import type { Services } from "../../services.js";
import { emptyText, modelFields, modelOf } from "../model-name.js";
import { sendProgress } from "./progress.js";
import type { Progress } from "./response-schema.js";
import { servedStore } from "./served-store.js";

const ownCredentials = "The server pushes with its own credentials.";
export const pushRequestSchema = z.strictObject({
  ...modelFields,
  insecure: z.boolean().default(false).describe("Whether the registry may be one without TLS. Default false."),
  username: emptyText(ownCredentials).describe("Must be empty."),
  password: emptyText(ownCredentials).describe("Must be empty."),
  stream: z.boolean().default(true).describe("Whether progress comes as lines of JSON. Default true."),
});

/** `POST /api/push`: pushes a model of the store to where its name says. */
export async function pushModel(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, pushRequestSchema, services.limits);
  const { insecure } = request;
  const store = servedStore(services);
  const { name } = await store.require(modelOf(request));
  const { host } = destinationOf(name);
  // Where the server connects to is for its owner to say, or for who has a key of the owner's.
  if (host !== undefined && context.get("key") === undefined)
    throw new HttpError("FORBIDDEN", `This server pushes to ${host} only for who shows a key.`, {
      hint: "Its owner starts it with keys, or uses mullama push.",
    });
  return sendProgress(context, request.stream, async (tell, signal) => {
    tell({ status: "retrieving manifest" });
    const onProgress = (progress: PushProgress): void => tell(wordsOf(progress));
    const { notes } = await push(name, {
      insecure,
      signal,
      onProgress,
      home: store.home,
      network: services.options.load?.network,
    });
    for (const note of notes) tell({ status: `note: ${note}` });
    tell({ status: "pushing manifest" });
  });
}

function wordsOf({ file }: PushProgress): Progress {
  const { sha256, sent, total } = file;
  return { status: `pushing ${sha256.slice(0, 12)}`, digest: `sha256:${sha256}`, total, completed: sent };
}
