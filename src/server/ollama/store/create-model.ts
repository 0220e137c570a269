import type { Context } from "hono";
import { MullamaError } from "../../../errors.js";
import type { CreateModelOptions, ModelProgress, ModelStore } from "../../../models/index.js";
import { HttpError } from "../../http/http-error.js";
import { readBody } from "../../http/read-body.js";
import type { ServerEnv } from "../../server-env.js";
import type { Services } from "../../services.js";
import { modelOf } from "../model-name.js";
import { type CreateRequest, createRequestSchema } from "./create-request.js";
import { definitionOf } from "./definition.js";
import { fetchNamed, wordsOf } from "./fetch-named.js";
import { partsOf } from "./model-parts.js";
import { sendProgress } from "./progress.js";
import type { Progress } from "./response-schema.js";
import { servedStore } from "./served-store.js";

/** `POST /api/create`: makes a model of another one, or of files that were posted. */
export async function createModel(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, createRequestSchema, services.limits);
  const name = modelOf(request);
  const store = servedStore(services);
  if ((request.from === "") === (Object.keys(request.files).length === 0))
    throw new HttpError("ARGUMENT_INVALID", "from: A model is made from another one, or of files.", { param: "from" });
  const definition = definitionOf(request);
  return sendProgress(context, request.stream, async (tell, signal) => {
    const parts = await baseOf(services, store, request, tell, signal);
    const onProgress = (progress: ModelProgress): void => tell(wordsOf(progress, undefined));
    const quantize = request.quantize || request.quantization || undefined;
    const { name: made } = await store.create(name, { ...parts, definition, quantize, signal, onProgress });
    tell({ status: "writing manifest" });
    // What had that name before is not what it means now.
    await services.pool.unload(made);
  });
}

type Parts = Pick<CreateModelOptions, "from" | "projector" | "adapters">;

async function baseOf(
  services: Services,
  store: ModelStore,
  { from, files, adapters }: CreateRequest,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Parts> {
  if (from !== "") {
    const known = await store.get(from).catch(() => undefined);
    const base = known?.name ?? (await fetchNamed(services, from, tell, signal));
    return { ...partsOf(store, {}, adapters), from: base };
  }
  tell({ status: "parsing GGUF" });
  try {
    const parts = partsOf(store, files, adapters);
    for (const file of parts.from) tell({ status: `using existing layer ${file}` });
    return parts;
  } catch (error) {
    if (!MullamaError.isInstance(error) || error.code !== "GGUF_INVALID") throw error;
    throw new HttpError("ARGUMENT_INVALID", error.message, { cause: error, param: "files" });
  }
}
