import { MullamaError } from "../../errors.js";
import type { Layer } from "../import/ollama-manifest.js";

/** What the layers of models in container registries are. */
const KINDS: ReadonlyMap<unknown, string> = new Map([
  ["application/vnd.docker.ai.gguf.v3", "model"],
  ["application/vnd.docker.ai.gguf.v3.lora", "adapter"],
  ["application/vnd.docker.ai.mmproj", "projector"],
  ["application/vnd.docker.ai.license", "license"],
  ["application/vnd.docker.ai.chat.template.jinja", "template"],
]);

/**
 * Reads the layers of a model that are of use, out of its manifest or out of the first that a list of them names.
 *
 * @throws {MullamaError} `UNSUPPORTED` for what is no such manifest
 */
export async function readOciManifest(
  text: string,
  fetchManifest: (digest: string) => Promise<string>,
): Promise<readonly Layer[]> {
  const { layers, manifests } = parse(text);
  if (Array.isArray(layers)) return layers.flatMap((layer: unknown) => readLayer(layer));
  const [first] = Array.isArray(manifests) ? (manifests as readonly unknown[]) : [];
  const { digest } = Object(first) as Readonly<Record<string, unknown>>;
  if (typeof digest !== "string" || !/^sha256:[\da-f]{64}$/.test(digest))
    throw new MullamaError("UNSUPPORTED", "Its manifest has no layers.");
  const inner = parse(await fetchManifest(digest));
  if (!Array.isArray(inner["layers"])) throw new MullamaError("UNSUPPORTED", "Its manifest has no layers.");
  return inner["layers"].flatMap((layer: unknown) => readLayer(layer));
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Readonly<Record<string, unknown>>;
  } catch {
    throw new MullamaError("UNSUPPORTED", "Its manifest is no JSON.");
  }
}

function readLayer(layer: unknown): Layer[] {
  const { mediaType, digest, size } = Object(layer) as Readonly<Record<string, unknown>>;
  const kind = KINDS.get(mediaType);
  if (kind === undefined) return [];
  const sha256 = /^sha256:(?<hex>[\da-f]{64})$/.exec(String(digest))?.groups?.["hex"];
  if (sha256 === undefined || typeof size !== "number")
    throw new MullamaError("UNSUPPORTED", "A layer of its manifest has no digest or no size.");
  return [{ kind, sha256, size }];
}
