import type { Services } from "../../services.js";
import { describeModel } from "./describe-model.js";
import { detailsOf } from "./model-details.js";

/** 292 years, which is for ever in Ollama. */
const FOREVER_MS = 2 ** 63 / 1e6;

/** `GET /api/ps`: the models that are loaded. */
export async function listLoaded({ pool }: Services): Promise<object> {
  const loaded = pool.list().flatMap((entry) => (entry.model === undefined ? [] : [{ ...entry, model: entry.model }]));
  const models = loaded.map(async ({ id, served, model, memory, expiresAt }) => {
    // A file that was removed since is still loaded.
    const described = await describeModel(served).catch(() => undefined);
    return {
      name: id,
      model: id,
      size: memory.host + memory.gpu,
      digest: described?.digest ?? "",
      details: described === undefined ? {} : detailsOf(described),
      // It has no end while it is used, or is to stay.
      expires_at: (expiresAt ?? new Date(Date.now() + FOREVER_MS)).toISOString(),
      size_vram: memory.gpu,
      context_length: model.info.contextSizePerSequence,
    };
  });
  return { models: await Promise.all(models) };
}
