import { MullamaError } from "../../errors.js";
import { type NetworkPolicy, networkPolicy, type RequestJob } from "../fetch-job.js";
import { HttpFailure } from "../http-request.js";
import type { ModelRecord } from "../model-record.js";
import { RegistryClient } from "../registry/client.js";
import { hasBlob, requireDigest, uploadBlob } from "../registry/upload.js";
import { withRetries } from "../retry.js";
import { describeSource, formatSource, type RegistrySource } from "../source.js";
import { readFileInfo } from "../store/file-info.js";
import { ModelStore } from "../store/model-store.js";
import { type Pace, TransferPace } from "../transfer-pace.js";
import { destinationOf } from "./destination.js";
import { planPush, type PushLayer, textBlob } from "./layers.js";
import { parameterSize } from "./parameter-size.js";

/** How far a model has been pushed. */
export interface PushProgress extends Pace {
  readonly phase: "upload";
  /** The registry, in words. */
  readonly destination: string;
  /** Bytes of all files that have arrived or were there already. */
  readonly sent: number;
  readonly total: number;
  /** The file that is worked on: its digest in lower-case hexadecimal, and the same of it. */
  readonly file: { readonly sha256: string; readonly sent: number; readonly total: number };
}

export interface PushOptions {
  /** Where to: `namespace/name[:tag]`, or `host/namespace/name[:tag]`. Default: what the model's own name says. */
  readonly destination?: string | undefined;
  /** Speak to a host that the destination names without encryption; default false, but for `localhost`. */
  readonly insecure?: boolean | undefined;
  /** Folder of the model store; default: `MULLAMA_HOME`, or else the platform's place for application data. */
  readonly home?: string | undefined;
  /** Stops it. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: PushProgress) => void) | undefined;
  /** How patient to be with the network. */
  readonly network?: Partial<NetworkPolicy> | undefined;
}

/** A model that others can pull now. */
export interface PushedModel {
  /** The name by which it is pulled: `ollama:namespace/name:tag`. */
  readonly name: string;
  /** SHA-256 of its manifest, in lower-case hexadecimal. */
  readonly digest: string;
  /** What could not be pushed with it, a sentence each. */
  readonly notes: readonly string[];
}

const MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
const CONFIG = "application/vnd.docker.container.image.v1+json";

/**
 * Pushes a model of the store to Ollama's registry, or to another that speaks its protocol, with the credentials that
 * Docker's programs keep for its host, or with Ollama's key (`~/.ollama/id_ed25519`, or `MULLAMA_OLLAMA_KEY`). Files that are there already are not sent again.
 *
 * @param name of the model
 * @throws {MullamaError} `MODEL_NOT_FOUND`, `ARGUMENT_INVALID` for a destination of another form, `UNSUPPORTED` for a
 * split model, `TEMPLATE_UNSUPPORTED` for a template that is not in Go's language, `PUSH_FAILED`, `ABORTED`
 *
 * @example
 * const { name } = await pushModel("pirate", { destination: "me/pirate:v1" });
 */
export async function pushModel(name: string, options: PushOptions = {}): Promise<PushedModel> {
  const { destination = name, insecure = false, home, network, onProgress = () => undefined } = options;
  const signal = options.signal ?? new AbortController().signal;
  const source = destinationOf(destination);
  const store = new ModelStore(home);
  const record = await requireComplete(store, name);
  const { layers, notes } = planPush(store, record);
  const config = await configOf(store, record, layers);
  const job: RequestJob = { isLast: true, network: networkPolicy(network), signal };
  const client = new RegistryClient(source, job, insecure);
  try {
    await pushBlobs(client, source, [...layers, config], job, onProgress);
    const digest = await pushManifest(client, source, config, layers, job);
    return { name: formatSource(source), digest, notes };
  } catch (error) {
    if (signal.aborted) throw new MullamaError("ABORTED", "Pushing the model was cancelled.", { cause: signal.reason });
    throw error instanceof HttpFailure ? explain(error, source, await client.advice()) : error;
  }
}

async function requireComplete(store: ModelStore, name: string): Promise<ModelRecord> {
  const record = await store.require(name);
  const [missing] = await store.missingFrom(record);
  if (missing === undefined) return record;
  throw new MullamaError(
    "MODEL_NOT_FOUND",
    `${record.name} needs ${store.locate(missing)}, which is gone or changed.`,
    {
      hint: "Pull it or create it again.",
    },
  );
}

/** Sends what is not there yet. */
async function pushBlobs(
  client: RegistryClient,
  source: RegistrySource,
  blobs: readonly PushLayer[],
  job: RequestJob,
  onProgress: (progress: PushProgress) => void,
): Promise<void> {
  const distinct = [...new Map(blobs.map((blob) => [blob.sha256, blob])).values()];
  const total = distinct.reduce((sum, { size }) => sum + size, 0);
  const destination = describeSource(source);
  const pace = new TransferPace();
  let before = 0;
  for (const blob of distinct) {
    const report = (sent: number): void =>
      onProgress({
        phase: "upload",
        destination,
        sent: before + sent,
        total,
        ...pace.note("upload", before + sent, total),
        file: { sha256: blob.sha256, sent, total: blob.size },
      });
    report(0);
    if (await hasBlob(client, blob.sha256, job)) report(blob.size);
    else await uploadBlob(client, blob, job, report);
    before += blob.size;
  }
}

/** Makes what was sent a model of its name. @returns the digest of its manifest */
async function pushManifest(
  client: RegistryClient,
  { tag }: RegistrySource,
  config: PushLayer,
  layers: readonly PushLayer[],
  job: RequestJob,
): Promise<string> {
  const described = ({ mediaType, sha256, size }: PushLayer): object => ({
    mediaType,
    digest: `sha256:${sha256}`,
    size,
  });
  const body = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: described(config),
    layers: layers.map(described),
  });
  const { sha256 } = textBlob(MANIFEST, body);
  const address = client.urlOf(`manifests/${tag}`);
  const init = { method: "PUT", headers: { "content-type": MANIFEST }, body, redirect: "manual" } as const;
  const answer = await withRetries(job, () => client.ask(address, init));
  answer.cancel();
  requireDigest(answer, sha256, new URL(address).host);
  return sha256;
}

/** What Ollama wants to know of a model before it looks at its files. */
async function configOf(
  store: ModelStore,
  { files, definition }: ModelRecord,
  layers: readonly PushLayer[],
): Promise<PushLayer> {
  const [file] = files;
  const info = file === undefined ? undefined : await readFileInfo(store.home, file, store.locate(file));
  const { family = "", parameters = 0, quantization = "unknown" } = info ?? {};
  const config = {
    model_format: "gguf",
    model_family: family,
    model_families: [family],
    model_type: parameterSize(parameters),
    file_type: quantization,
    architecture: "amd64",
    os: "linux",
    ...(definition?.requiresOllama !== undefined && { requires: definition.requiresOllama }),
    rootfs: { type: "layers", diff_ids: layers.map(({ sha256 }) => `sha256:${sha256}`) },
  };
  return textBlob(CONFIG, JSON.stringify(config));
}

function explain(failure: HttpFailure, source: RegistrySource, advice: string): MullamaError {
  const isForbidden = failure.status === 401 || failure.status === 403;
  return new MullamaError("PUSH_FAILED", `${formatSource(source)} could not be pushed: ${failure.message}`, {
    cause: failure,
    hint: isForbidden ? advice : undefined,
  });
}
