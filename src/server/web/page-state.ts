import { parameterSize } from "../../models/push/parameter-size.js";
import type { LoadedModel } from "../../mullama.js";
import type { ServedModel } from "../directory/served-model.js";
import type { PooledModelInfo } from "../pool/pool-options.js";
import type { Services } from "../services.js";

/** A model that the page can offer. */
export interface PageModel {
  readonly id: string;
  readonly state: "unloaded" | "loading" | "ready";
  /** What it is being loaded by, and how far that has come: 0 to 1, where it is known. */
  readonly progress: { readonly phase: string; readonly share: number | null } | null;
  /** What is known of a model that is loaded. */
  readonly loaded: {
    readonly description: string;
    readonly contextSize: number;
    /** Whether it can be talked to; embedding models cannot. */
    readonly generates: boolean;
    readonly bytes: number;
    readonly requests: number;
    /** When it will be unloaded, in milliseconds since 1970. */
    readonly expiresAt: number | null;
  } | null;
}

/** The models that there are, and how it stands with each. */
export async function stateOf({ directory, pool }: Services): Promise<{ readonly models: readonly PageModel[] }> {
  const loaded = new Map(pool.list().map((one) => [one.id, one]));
  const known = await directory.list();
  const others = [...loaded.values()]
    .map(({ served }) => served)
    .filter(({ id }) => known.every((one) => one.id !== id));
  return { models: [...known, ...others].map((served) => describe(served, loaded.get(served.id))) };
}

function describe({ id }: ServedModel, info: PooledModelInfo<LoadedModel> | undefined): PageModel {
  const { model } = info ?? {};
  return {
    id,
    state: info?.state ?? "unloaded",
    progress: progressOf(info),
    loaded:
      info === undefined || model === undefined
        ? null
        : {
            description: describeModel(model),
            contextSize: model.info.contextSize,
            generates: model.info.generates,
            bytes: info.memory.host + info.memory.gpu,
            requests: info.users,
            expiresAt: info.expiresAt?.getTime() ?? null,
          },
  };
}

/** Such as `llama 134.52M Q4_1`: C has a class of sizes in its middle, which is another model's as often as not. */
function describeModel({ info: { description, parameters } }: LoadedModel): string {
  return description.replace(/ \S+/, ` ${parameterSize(parameters)}`);
}

function progressOf(info: PooledModelInfo<LoadedModel> | undefined): PageModel["progress"] {
  const { progress } = info ?? {};
  if (progress === undefined) return null;
  const { phase } = progress;
  if (progress.phase === "load") return { phase, share: progress.progress };
  const total = "total" in progress ? progress.total : undefined;
  return { phase, share: "received" in progress && total !== undefined ? progress.received / total : null };
}
