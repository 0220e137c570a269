import type { Context } from "hono";
import type { EngineInfo } from "../../../engine/engine-info.js";
import type { ServerEnv } from "../../server-env.js";
import type { Services } from "../../services.js";
import { statusOf } from "./model-status.js";

/** `GET /models`: what there is to ask, and what of it is loaded. */
export async function modelList(
  context: Context<ServerEnv>,
  { directory, pool, startedAt }: Services,
): Promise<Response> {
  const loaded = new Map(pool.list().map((info) => [info.id, info]));
  const created = Math.floor(startedAt.getTime() / 1000);
  const models = await directory.list();
  const data = models.map(({ id, aliases }) => {
    const info = loaded.get(id);
    return {
      id,
      aliases,
      object: "model",
      created,
      owned_by: "mullama",
      status: statusOf(info),
      architecture: { input_modalities: ["text"], output_modalities: ["text"] },
      ...(info?.model === undefined ? {} : { meta: metaOf(info.model.info) }),
    };
  });
  return context.json({ object: "list", data });
}

function metaOf(info: EngineInfo): object {
  return {
    n_vocab: info.vocabularySize,
    n_ctx: info.contextSizePerSequence,
    n_ctx_train: info.trainedContextSize,
    n_embd: info.embeddingSize,
    n_params: info.parameters,
    size: info.size,
  };
}
