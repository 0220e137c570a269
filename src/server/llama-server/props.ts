import { basename } from "node:path";
import type { Context } from "hono";
import { libraryVersion } from "../../llama/index.js";
import { HttpError } from "../http/http-error.js";
import type { ServerEnv } from "../server-env.js";
import type { Services } from "../services.js";
import { generationSettings } from "./completion/generation-settings.js";
import { queriedModel } from "./queried-model.js";

/** `GET /props`: what a model is, and how requests to it begin. */
export async function props(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const { model, served } = await queriedModel(context, services);
  const { contextSizePerSequence, parallel, specialTokens } = model.info;
  const { traits } = model.chatFormat;
  const { speculation } = served.options;
  return context.json({
    default_generation_settings: {
      id: 0,
      id_task: -1,
      n_ctx: contextSizePerSequence,
      speculative: speculation !== undefined,
      is_processing: false,
      params: generationSettings(served.defaults),
    },
    total_slots: parallel,
    model_alias: served.id,
    // Where the file is, is not for everyone who may generate.
    model_path: basename(served.source),
    chat_template: served.options.chatTemplate ?? model.info.chatTemplate ?? "",
    chat_template_caps: {
      supports_system_role: traits.takesSystem,
      supports_tools: traits.offersTools,
      supports_tool_calls: traits.showsCalls,
    },
    modalities: { vision: false, audio: false },
    bos_token: specialTokens.bos?.text ?? "",
    eos_token: specialTokens.eos?.text ?? "",
    build_info: libraryVersion(),
    is_sleeping: false,
  });
}

/** `POST /props`: there is nothing that it could change. */
export function changeProps(): never {
  throw new HttpError("UNSUPPORTED", "Properties of the server cannot be changed while it runs.", { status: 501 });
}
