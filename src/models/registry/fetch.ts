import { MullamaError } from "../../errors.js";
import { throwIfAborted } from "../cancel.js";
import { listCatalogue } from "../catalogue.js";
import { fetchFiles, type RemoteFile } from "../fetch-file.js";
import type { FetchedModel, FetchJob } from "../fetch-job.js";
import { HttpFailure } from "../http-request.js";
import { definitionOf, type Layer, readLayers } from "../import/ollama-manifest.js";
import { describeSource, formatSource, type RegistrySource } from "../source.js";
import { closest, listing } from "../suggest.js";
import { RegistryClient } from "./client.js";
import { readOciManifest } from "./oci-manifest.js";

/** Fetches a model, and all that is said of it, from Ollama's registry or from one of container images. */
export async function fetchFromRegistry(source: RegistrySource, job: FetchJob): Promise<FetchedModel> {
  const client = new RegistryClient(source, job);
  try {
    const layers = await layersOf(source, client);
    const all = (kind: string): readonly Layer[] => layers.filter((layer) => layer.kind === kind);
    const models = all("model");
    if (models.length === 0) throw new MullamaError("UNSUPPORTED", "It has no GGUF file.");
    const projectors = all("projector").slice(0, 1);
    const notes: string[] = [];
    const read = (kind: string): Promise<string[]> => Promise.all(all(kind).map(({ sha256 }) => client.blob(sha256)));
    const definition = await definitionOf(read, notes);
    for (const text of notes) job.onProgress({ phase: "note", text });
    const fetched = await client.authorized((headers) =>
      fetchFiles(
        [...models, ...projectors, ...all("adapter")].map((layer) => remoteOf(layer, headers, source, client)),
        job,
      ),
    );
    const rest = fetched.slice(models.length);
    const [projector] = rest.splice(0, projectors.length);
    return {
      files: fetched.slice(0, models.length),
      projector,
      adapters: rest,
      ...(Object.keys(definition).length > 0 && { definition }),
    };
  } catch (error) {
    throwIfAborted(job.signal);
    throw await explain(error, source, client);
  }
}

async function layersOf(source: RegistrySource, client: RegistryClient): Promise<readonly Layer[]> {
  const text = await client.manifest(source.tag);
  return source.kind === "ollama" ? readLayers(text) : readOciManifest(text, (digest) => client.manifest(digest));
}

function remoteOf(
  { sha256, size }: Layer,
  headers: RemoteFile["headers"],
  source: RegistrySource,
  client: RegistryClient,
): RemoteFile {
  const url = client.urlOf(`blobs/sha256:${sha256}`);
  return { url, headers, source: describeSource(source), expected: { sha256, size } };
}

async function explain(error: unknown, source: RegistrySource, client: RegistryClient): Promise<unknown> {
  if (error instanceof HttpFailure && [401, 403, 404].includes(error.status ?? 0)) {
    const isMissing = error.status === 404;
    const said = `There is no ${source.repository}:${source.tag} there.`;
    const near = isMissing ? await nearest(source, client) : undefined;
    return new MullamaError(isMissing ? "MODEL_NOT_FOUND" : "DOWNLOAD_FAILED", error.message, {
      cause: error,
      hint: [said, near, await client.advice()].filter(Boolean).join(" "),
    });
  }
  if (!MullamaError.isInstance(error) || error.code !== "UNSUPPORTED") return error;
  return new MullamaError("UNSUPPORTED", `${formatSource(source)} cannot be used: ${error.message}`, { cause: error });
}

/** What may be meant: a tag of the same repository, where the registry lists them, or a model of the catalogue. */
async function nearest(source: RegistrySource, client: RegistryClient): Promise<string | undefined> {
  const tags = await client.tags().catch(() => []);
  if (tags.length > 0) return `It has ${listing(tags)}.`;
  const known = listCatalogue().flatMap(({ sources }) => sources.filter(({ kind }) => kind === source.kind));
  const near = source.host === undefined ? closest(formatSource(source), known.map(formatSource)) : undefined;
  return near === undefined ? undefined : `Did you mean ${near}?`;
}
