import type { PageModel } from "../../src/server/web/page-state.js";
import { Store } from "../store.js";
import { keyWanted, request, requestJson } from "./request.js";

/** The models that the server has; undefined until it has told. */
export const models = new Store<readonly PageModel[] | undefined>(undefined);
/** Why the server does not tell. */
export const modelsError = new Store<string | undefined>(undefined);

const CALM_MS = 5000;
const LOADING_MS = 400;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Looks now, and again in a while: soon where something is being loaded, and not while nobody looks at the page. */
export async function watchModels(): Promise<void> {
  clearTimeout(timer);
  try {
    const { models: found } = await requestJson<{ models: readonly PageModel[] }>("ui/state");
    if (JSON.stringify(found) !== JSON.stringify(models.value)) models.value = found;
    modelsError.value = undefined;
  } catch (error) {
    modelsError.value = error instanceof TypeError ? "The server cannot be reached." : (error as Error).message;
  }
  const loading = models.value?.some(({ state }) => state === "loading") === true;
  clearTimeout(timer);
  // The dialog for the key looks again; asking once more would only bring it back.
  if (keyWanted.value !== undefined) return;
  timer = setTimeout(() => void (document.hidden ? undefined : watchModels()), loading ? LOADING_MS : CALM_MS);
}

/** Brings a model into memory, or out of it, and answers when that is done. @throws {ServerError} */
export async function switchModel(model: string, to: "load" | "unload"): Promise<void> {
  const done = request(`models/${to}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ model }),
  });
  // How far it has come is seen meanwhile.
  setTimeout(() => void watchModels(), LOADING_MS / 4);
  try {
    await done;
  } finally {
    await watchModels();
  }
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) void watchModels();
});
