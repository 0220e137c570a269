import type { ChatMessage } from "../chat/message.js";
import type { GenerationRequest } from "../engine/generation-request.js";

/** A file that belongs to a model. */
export interface StoredFile {
  /** Digest of its bytes, in lower-case hexadecimal. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** Where it lies, if that is outside the store: it is used in place, and never removed by mullama. */
  readonly path?: string | undefined;
  /** For a file outside the store: when it was last changed, in milliseconds since 1970, as it was read for its digest. */
  readonly modified?: number | undefined;
}

/** A LoRA adapter that a model brings along. */
export interface StoredAdapter extends StoredFile {
  /** 1 as trained. Default 1. */
  readonly scale?: number | undefined;
}

/** How a model wants to be used, unless a request says otherwise. */
export interface ModelDefaults extends Omit<
  Partial<GenerationRequest>,
  "prompt" | "grammar" | "adapters" | "controlVectors" | "logitsProcessors" | "deadline" | "priority"
> {
  /** Tokens that prompts and answers have room for. */
  readonly contextSize?: number | "auto";
  readonly gpuLayers?: number | "auto";
  readonly threads?: number;
  readonly batchSize?: number;
}

/** What a Modelfile or a `mullama.json` says of a model, beside its files. */
export interface ModelDefinition {
  /** A chat template in the place of the file's own: Jinja, or a name of `chatFormats()`. */
  readonly template?: string | undefined;
  /** What Ollama has for a template, in Go's template language: what it is given when the model is pushed. */
  readonly goTemplate?: string | undefined;
  /** What the model is told before all else. */
  readonly system?: string | undefined;
  readonly defaults?: ModelDefaults | undefined;
  /** How each conversation begins. */
  readonly messages?: readonly ChatMessage[] | undefined;
  readonly licenses?: readonly string[] | undefined;
  /** How the draft model guesses: most tokens at a time, 1 to 64, and the least likelihood of a guess, 0 to 1. */
  readonly speculation?: { readonly maxDraft?: number; readonly minProbability?: number } | undefined;
  /** The least version of mullama that it needs, such as `1.2.3`: older ones neither create nor load it. */
  readonly requires?: string | undefined;
  /** The least version of Ollama, which a Modelfile names: for Ollama alone. */
  readonly requiresOllama?: string | undefined;
}

/** A model of the store: a name, and all that it means. */
export interface ModelRecord {
  /** In its canonical form: `smollm2:135m`, `hf:org/repo:file.gguf`, `my-model:latest`. */
  readonly name: string;
  /** Where it came from, as the model name that means it; for a model of the user's own, what it was made from. */
  readonly source: string;
  /** When it came into the store, as ISO 8601. */
  readonly created: string;
  /** The GGUF file; for a split model its parts, in order. */
  readonly files: readonly StoredFile[];
  /** What sees and hears for the model (mmproj). */
  readonly projector?: StoredFile | undefined;
  /** A small model of the same vocabulary, that guesses ahead. */
  readonly draft?: StoredFile | undefined;
  readonly adapters?: readonly StoredAdapter[] | undefined;
  readonly definition?: ModelDefinition | undefined;
}
