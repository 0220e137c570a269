import type { Services } from "../../services.js";
import { describeModel, type ModelDescription } from "./describe-model.js";
import { detailsOf } from "./model-details.js";

/** `GET /api/tags`: the models that there are, the newest first. */
export async function listModels({ directory }: Services): Promise<object> {
  // What is gone from where a preset says it is can be asked for, but not described.
  const found = await Promise.all((await directory.list()).map((model) => describeModel(model).catch(() => undefined)));
  const models = found.filter((model) => model !== undefined);
  return { models: models.toSorted((a, b) => Number(b.modified) - Number(a.modified)).map(entryOf) };
}

function entryOf(model: ModelDescription): object {
  const { name, modified, size, digest } = model;
  return { name, model: name, modified_at: modified.toISOString(), size, digest, details: detailsOf(model) };
}
