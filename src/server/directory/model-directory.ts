import { definedOf } from "../../engine/defined-of.js";
import { MullamaError } from "../../errors.js";
import { type ModelLimits, type RequestLimits, requestLimitsSchema } from "../limits/request-limits.js";
import { type ModelRecord, ModelStore, resolveModel } from "../../models/index.js";
import { interpretName } from "../../models/name.js";
import { shortName } from "../../models/store/record-name.js";
import type { RequestDefaults, ServedLoadOptions, ServedModel } from "./served-model.js";

export interface DirectoryOptions {
  /** Models that are described one by one. They come first, and they alone may be files outside the store. */
  readonly presets: readonly ServedModel[];
  /** How every model is loaded, unless its preset says otherwise. */
  readonly load: ServedLoadOptions;
  /** What requests to every model may ask for, unless its preset says otherwise. Default: what the schema has. */
  readonly limits?: RequestLimits;
  /** Whether models of the store are served by name. */
  readonly store: boolean;
  /** Whether a model that is not on this machine is fetched when it is asked for. */
  readonly downloads: boolean;
}

/** The models that a server offers, by the names that clients use. */
export class ModelDirectory {
  readonly #options: Omit<DirectoryOptions, "presets" | "limits">;
  #presets: readonly ServedModel[];
  #limits: RequestLimits;
  readonly #adapterScales = new Map<string, readonly number[]>();

  constructor({ presets, limits = requestLimitsSchema.parse({}), ...options }: DirectoryOptions) {
    this.#options = options;
    this.#presets = presets;
    this.#limits = limits;
  }

  /** What requests may ask for now. */
  get limits(): RequestLimits {
    return this.#limits;
  }

  /** Puts others in the place of the presets and limits that there are. Models that are loaded change with their next request. */
  replacePresets(presets: readonly ServedModel[], limits: RequestLimits): void {
    this.#presets = presets;
    this.#limits = limits;
  }

  /** Says how strongly each adapter of a model works from now on, where a request says nothing. */
  setAdapterScales(id: string, scales: readonly number[]): void {
    this.#adapterScales.set(id, scales);
  }

  /** The models that are described one by one. */
  presets(): readonly ServedModel[] {
    return this.#presets.map((preset) => this.#complete(preset));
  }

  /** What is offered by name: presets, and the models of the store that are complete. */
  async list(): Promise<readonly ServedModel[]> {
    const presets = this.presets();
    if (!this.#options.store) return presets;
    const taken = new Set(presets.flatMap(({ id, aliases, source }) => [id, source, ...aliases]));
    const stored = await new ModelStore(this.#options.load.home).list();
    const others = stored.filter(({ name, complete }) => complete && !taken.has(name));
    return [...presets, ...others.map(({ name }) => this.#complete(plain(name)))];
  }

  /**
   * The model of a name.
   *
   * @param mayFetch false: it must be on this machine, unless it is a preset
   * @throws {MullamaError} `MODEL_NOT_FOUND`
   */
  async find(name: string, mayFetch = true): Promise<ServedModel> {
    const known = this.#preset(name) ?? this.#preset(shortName(name));
    if (known !== undefined) return { ...this.#complete(known), revision: await this.#revision(known) };
    if (name === "" || !this.#options.store) throw this.#notFound(name);
    const { home, network } = this.#options.load;
    // Names of the store have slashes, too: me/llama:8b.
    const record = await new ModelStore(home).get(name).catch(() => undefined);
    if (record !== undefined) return { ...this.#complete(plain(record.name)), revision: revisionOf(record) };
    if (looksLikePath(name)) throw this.#notFound(name);
    const meaning = await interpretName(name);
    // A file that happens to lie in the folder that the server was started in.
    if (meaning.kind === "file") throw this.#notFound(name);
    // To ask for a name fetches nothing: whoever loads it does, and hears how far that is.
    if (!mayFetch || !this.#options.downloads) await resolveModel(name, { offline: true, home, network });
    return this.#complete(plain(meaning.name));
  }

  /** Of what the store knows by the name of a preset's model. */
  async #revision({ source, options }: ServedModel): Promise<string | undefined> {
    const { home = this.#options.load.home } = options;
    const record = await new ModelStore(home).get(source).catch(() => undefined);
    return record === undefined ? undefined : revisionOf(record);
  }

  #preset(name: string): ServedModel | undefined {
    return this.#presets.find(({ id }) => id === name) ?? this.#presets.find(({ aliases }) => aliases.includes(name));
  }

  #complete(model: ServedModel): ServedModel {
    const options = { offline: !this.#options.downloads, ...this.#options.load, ...model.options };
    const limits = this.#limitsOf(model);
    const defaults = { ...model.defaults, ...defaultsWithin(limits, model.defaults) };
    if (model.loraAdapters.length === 0) return { ...model, options, limits, defaults };
    const scales = this.#adapterScales.get(model.id);
    const loraAdapters = model.loraAdapters.map(({ path, scale }, id) => ({ path, scale: scales?.[id] ?? scale }));
    const adapters = loraAdapters.filter(({ scale }) => scale !== 0);
    return { ...model, options, limits, loraAdapters, defaults: { ...defaults, adapters } };
  }

  #limitsOf({ limits }: ServedModel): ModelLimits {
    const { promptTokens, maxTokens } = this.#limits;
    return { promptTokens: limits.promptTokens ?? promptTokens, maxTokens: limits.maxTokens ?? maxTokens };
  }

  #notFound(name: string): MullamaError {
    const names = this.#presets.map(({ id }) => id);
    return new MullamaError("MODEL_NOT_FOUND", `This server has no model ${JSON.stringify(name)}.`, {
      hint: names.length === 0 ? "GET /v1/models lists what it has." : `It has ${names.join(", ")}.`,
    });
  }
}

/** What a model is made of: another of the same name has another. */
function revisionOf({ files, projector, draft, adapters, definition }: ModelRecord): string {
  return JSON.stringify([files.map(({ sha256 }) => sha256), projector?.sha256, draft?.sha256, adapters, definition]);
}

/** What a request begins with so that it keeps to limits where it says nothing. */
function defaultsWithin(
  { promptTokens, maxTokens: most }: ModelLimits,
  { maxTokens }: RequestDefaults,
): RequestDefaults {
  return definedOf({
    maxPromptTokens: promptTokens,
    maxTokens: most === undefined ? maxTokens : Math.min(maxTokens ?? most, most),
  });
}

/** A model that nothing more is said of than its name. */
function plain(name: string): ServedModel {
  return {
    id: name,
    source: name,
    aliases: [],
    options: {},
    defaults: {},
    limits: {},
    loraAdapters: [],
    system: undefined,
    keepAlive: undefined,
    pinned: false,
  };
}

/** Clients name models; where files are is for the server's owner to say. */
function looksLikePath(name: string): boolean {
  return !/^(hf|pip|npm|ollama|docker):/i.test(name) && /[/\\]|\.gguf$/i.test(name);
}
