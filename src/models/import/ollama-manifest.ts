import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type ChatMessage, requireMessages } from "../../chat/message.js";
import { MullamaError } from "../../errors.js";
import { validateGgufFile } from "../../gguf/index.js";
import type { ModelDefinition, ModelRecord, StoredFile } from "../model-record.js";
import { convertGoTemplate, isGoTemplate, paramsToDefaults } from "../modelfile/index.js";

/** A file of a model, and what it is: `model`, `template`, `params` and others. */
export interface Layer {
  readonly kind: string;
  readonly sha256: string;
  readonly size: number;
}

/**
 * Reads what Ollama has put down of a model. Its files are named where they lie; their digests are those that Ollama
 * checked when it fetched them.
 *
 * @throws {MullamaError} `MODEL_NOT_FOUND` where a file is gone, `GGUF_INVALID`, `UNSUPPORTED`
 */
export async function recordOfManifest(
  folder: string,
  name: string,
  text: string,
): Promise<{ readonly record: ModelRecord; readonly notes: readonly string[] }> {
  const layers = readLayers(text);
  const all = (kind: string): readonly Layer[] => layers.filter((layer) => layer.kind === kind);
  const notes: string[] = [];
  const files = await filesOf(folder, all("model"));
  if (files.length === 0) throw new MullamaError("UNSUPPORTED", "Its manifest names no model file.");
  const [projector] = await filesOf(folder, all("projector"));
  const adapters = await filesOf(folder, all("adapter"));
  const definition = await definitionOf((kind) => Promise.all(all(kind).map((layer) => textOf(folder, layer))), notes);
  const record: ModelRecord = {
    name,
    source: `ollama:${name}`,
    created: new Date().toISOString(),
    files,
    ...(projector !== undefined && { projector }),
    ...(adapters.length > 0 && { adapters }),
    ...(Object.keys(definition).length > 0 && { definition }),
  };
  return { record, notes };
}

/** Reads the layers of a manifest. @throws {MullamaError} `UNSUPPORTED` for what is none, or no GGUF model */
export function readLayers(text: string): Layer[] {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    throw new MullamaError("UNSUPPORTED", "Its manifest is no JSON.");
  }
  const layers = typeof manifest === "object" && manifest !== null ? Reflect.get(manifest, "layers") : undefined;
  if (!Array.isArray(layers)) throw new MullamaError("UNSUPPORTED", "Its manifest has no layers.");
  return layers.map((layer: unknown) => readLayer(layer));
}

function readLayer(layer: unknown): Layer {
  const { mediaType, digest, size } = Object(layer) as Readonly<Record<string, unknown>>;
  const kind = /^application\/vnd\.ollama\.image\.(?<kind>\w+)$/.exec(String(mediaType))?.groups?.["kind"];
  const sha256 = /^sha256:(?<hex>[\da-f]{64})$/.exec(String(digest))?.groups?.["hex"];
  if (sha256 === undefined || typeof size !== "number")
    throw new MullamaError("UNSUPPORTED", "A layer of its manifest has no digest or no size.");
  // Models of other forms are in many files of their own kind.
  if (kind === undefined || kind === "tensor")
    throw new MullamaError("UNSUPPORTED", `It has a layer of the type ${String(mediaType)}, which is no GGUF file.`);
  return { kind, sha256, size };
}

async function filesOf(folder: string, layers: readonly Layer[]): Promise<StoredFile[]> {
  return Promise.all(
    layers.map(async ({ sha256, size }) => {
      const { path, modified } = await blobOf(folder, sha256);
      const found = await stat(path);
      if (found.size !== size)
        throw new MullamaError("MODEL_NOT_FOUND", `${path} has ${found.size} bytes, but should have ${size}.`);
      validateGgufFile(path);
      return { sha256, size, path, modified };
    }),
  );
}

async function textOf(folder: string, { sha256 }: Layer): Promise<string> {
  return readFile((await blobOf(folder, sha256)).path, "utf8");
}

async function blobOf(folder: string, sha256: string): Promise<{ readonly path: string; readonly modified: number }> {
  for (const name of [`sha256-${sha256}`, `sha256:${sha256}`]) {
    const path = join(folder, "blobs", name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true) return { path, modified: found.mtimeMs };
  }
  throw new MullamaError("MODEL_NOT_FOUND", `The file ${join(folder, "blobs", `sha256-${sha256}`)} is not there.`);
}

/** What the small files of a model say of it. */
export async function definitionOf(
  read: (kind: string) => Promise<readonly string[]>,
  notes: string[],
): Promise<ModelDefinition> {
  const [template = (await read("prompt"))[0]] = await read("template");
  const [system] = await read("system");
  const [params] = await read("params");
  const [messages] = await read("messages");
  const licenses = await read("license");
  const jinja = template === undefined ? undefined : jinjaOf(template, notes);
  const meaning = params === undefined ? undefined : paramsToDefaults(JSON.parse(params));
  notes.push(...(meaning?.notes ?? []));
  return {
    ...(jinja !== undefined && { template: jinja }),
    ...(template !== undefined && isGoTemplate(template) && { goTemplate: template }),
    ...(system !== undefined && { system }),
    ...(meaning !== undefined && Object.keys(meaning.defaults).length > 0 && { defaults: meaning.defaults }),
    ...(meaning?.maxDraft !== undefined && { speculation: { maxDraft: meaning.maxDraft } }),
    ...(messages !== undefined && { messages: messagesOf(messages) }),
    ...(licenses.length > 0 && { licenses }),
  };
}

/** What cannot be said in Jinja is left to the template that the file itself has. */
function jinjaOf(template: string, notes: string[]): string | undefined {
  if (!isGoTemplate(template)) return template;
  try {
    return convertGoTemplate(template).template;
  } catch (error) {
    if (!MullamaError.isInstance(error)) throw error;
    notes.push(`The model file's own chat template is used: ${error.message}`);
    return undefined;
  }
}

function messagesOf(text: string): readonly ChatMessage[] {
  const messages = JSON.parse(text) as readonly ChatMessage[];
  requireMessages(messages);
  return messages;
}
