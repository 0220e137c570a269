import { MullamaError } from "../../../errors.js";
import { findInCatalogue } from "../../../models/catalogue.js";
import { type ModelProgress, resolveModel } from "../../../models/index.js";
import type { Services } from "../../services.js";
import type { Progress } from "./response-schema.js";
import { requireRemoteName } from "./remote-name.js";

/** Fetches a model into the store, where it is not there already. @returns the name by which the store has it */
export async function fetchNamed(
  { options }: Services,
  name: string,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<string> {
  requireRemoteName(name);
  const { home, network, offline } = options.load ?? {};
  const sha256 = findInCatalogue(name)?.sha256;
  let fetched = false;
  tell({ status: "pulling manifest" });
  const onProgress = (progress: ModelProgress): void => {
    fetched = true;
    tell(wordsOf(progress, sha256));
  };
  const found = await resolveModel(name, { home, network, offline, signal, onProgress });
  // A file that happens to lie in the folder that the server was started in.
  if (found.source === "file") throw new MullamaError("MODEL_NOT_FOUND", `There is no model ${JSON.stringify(name)}.`);
  if (fetched) tell({ status: "verifying sha256 digest" });
  if (fetched) tell({ status: "writing manifest" });
  return found.name;
}

/** How far the fetching or making of a model has come, in Ollama's words. */
export function wordsOf(progress: ModelProgress, sha256: string | undefined): Progress {
  switch (progress.phase) {
    case "wait":
      return { status: "waiting for another process that pulls it" };
    case "note":
      return { status: `note: ${progress.text}` };
    case "source-failed":
      return { status: `${progress.source} failed: ${progress.error.message}` };
    default: {
      const { phase, source, received, total } = progress;
      const status = {
        download: `pulling ${sha256?.slice(0, 12) ?? source}`,
        extract: `extracting ${source}`,
        verify: "verifying what was pulled before",
        quantize: `quantizing to ${source}`,
      };
      return {
        status: status[phase],
        ...(sha256 === undefined ? {} : { digest: `sha256:${sha256}` }),
        ...(total === undefined ? {} : { total }),
        completed: received,
      };
    }
  }
}
