import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { MullamaError } from "../../errors.js";
import { metadataString, validateGgufFile } from "../../gguf/index.js";
import type { ModelDefinition, ModelRecord, StoredFile } from "../model-record.js";
import { defaultsToParams } from "../modelfile/index.js";
import type { UploadBlob } from "../registry/upload.js";
import type { ModelStore } from "../store/model-store.js";

/** A file of a pushed model, and what it is. */
export interface PushLayer extends UploadBlob {
  readonly mediaType: string;
}

/** What a model is made of, as Ollama's registry keeps it. */
export interface PushPlan {
  readonly layers: readonly PushLayer[];
  /** What cannot be said there, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Says in Ollama's layers what a record says.
 *
 * @throws {MullamaError} `UNSUPPORTED` for a split model, `TEMPLATE_UNSUPPORTED` for a template that Ollama cannot read
 */
export function planPush(store: ModelStore, record: ModelRecord): PushPlan {
  const { files, projector, adapters = [], draft, definition = {} } = record;
  const [file] = files;
  if (file === undefined || files.length > 1)
    throw new MullamaError("UNSUPPORTED", `${record.name} is in ${files.length} files, and Ollama reads one.`, {
      hint: "Join them with llama.cpp's llama-gguf-split --merge, and create the model of the result.",
    });
  const { params, left } = defaultsToParams(definition.defaults ?? {}, definition.speculation);
  const { system, messages = [], licenses = [] } = definition;
  const template = templateOf(definition, store.locate(file), record.name);
  const notes = left.map((name) => `${name} is left out: Ollama has no such parameter.`);
  if (template === undefined)
    notes.push("It has no template of Ollama's: Ollama goes by that of the file, as far as it knows it.");
  if (draft !== undefined) notes.push("The draft model is left out.");
  if (adapters.some(({ scale = 1 }) => scale !== 1)) notes.push("The scale of an adapter is left out.");
  const ofFile = (kind: string) => (each: StoredFile) => fileLayer(kind, each, store.locate(each));
  return {
    layers: [
      ofFile("model")(file),
      ...[projector].filter((each) => each !== undefined).map(ofFile("projector")),
      ...adapters.map(ofFile("adapter")),
      ...[template].filter((text) => text !== undefined).map((text) => textLayer("template", text)),
      ...[system].filter((text) => text !== undefined).map((text) => textLayer("system", text)),
      ...(Object.keys(params).length === 0 ? [] : [textLayer("params", JSON.stringify(params))]),
      ...(messages.length === 0 ? [] : [textLayer("messages", JSON.stringify(messages))]),
      ...licenses.map((text) => textLayer("license", text)),
    ],
    notes,
  };
}

/** The template in Go's language; none where the file's own is used, which goes along with the file. */
function templateOf({ goTemplate, template }: ModelDefinition, path: string, name: string): string | undefined {
  if (goTemplate !== undefined || template === undefined) return goTemplate;
  if (template === metadataString(validateGgufFile(path).metadata, "tokenizer.chat_template")) return undefined;
  throw new MullamaError("TEMPLATE_UNSUPPORTED", `${name} has a template in Jinja, which Ollama does not read.`, {
    hint: "Create it again with a TEMPLATE in Go's template language, or without one.",
  });
}

function fileLayer(kind: string, { sha256, size }: StoredFile, path: string): PushLayer {
  const read = async (start: number, end: number): Promise<Uint8Array<ArrayBuffer>> => {
    const handle = await open(path);
    try {
      const bytes = Buffer.alloc(end - start);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
      if (bytesRead === bytes.length) return bytes;
    } finally {
      await handle.close();
    }
    throw new MullamaError("PUSH_FAILED", `${path} has become shorter.`);
  };
  return { mediaType: mediaTypeOf(kind), sha256, size, read };
}

/** A text that goes along as a file. */
function textLayer(kind: string, text: string): PushLayer {
  return textBlob(mediaTypeOf(kind), text);
}

export function textBlob(mediaType: string, text: string): PushLayer {
  const bytes = Buffer.from(text);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { mediaType, sha256, size: bytes.length, read: async (start, end) => bytes.subarray(start, end) };
}

function mediaTypeOf(kind: string): string {
  return `application/vnd.ollama.image.${kind}`;
}
