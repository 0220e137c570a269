import { MullamaError } from "../../errors.js";
import type { ModelRecord } from "../model-record.js";
import type { ModelStore } from "../store/model-store.js";

/** A model that another program has fetched, and that is known by name now. Its files stay where they are. */
export interface ImportedModel {
  readonly name: string;
  /** Its (first) GGUF file. */
  readonly path: string;
  /** What is not as it was there, a sentence each. */
  readonly notes: readonly string[];
}

/** What an import has found. */
export interface ImportReport {
  /** The folder that was looked through. */
  readonly folder: string;
  readonly imported: readonly ImportedModel[];
  /** What was found but cannot be used, and why. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

export interface ImportOptions {
  /** Where the other program keeps its models. Default: where its own settings say. */
  readonly folder?: string | undefined;
  /** Take the place of other models that have the same names. Default false. */
  readonly replace?: boolean | undefined;
  /** Stops it. */
  readonly signal?: AbortSignal | undefined;
}

/** Collects what becomes of each model of an import. */
export class ImportLog {
  readonly #imported: ImportedModel[] = [];
  readonly #refused: { name: string; reason: string }[] = [];
  readonly #store: ModelStore;
  readonly #replace: boolean;

  constructor(store: ModelStore, { replace = false }: ImportOptions) {
    this.#store = store;
    this.#replace = replace;
  }

  /** Imports one model; what goes wrong with it does not keep the others from being imported. */
  async import(
    name: string,
    read: () => Promise<{ readonly record: ModelRecord; readonly notes: readonly string[] }>,
  ): Promise<void> {
    try {
      const { record, notes } = await read();
      const [first] = record.files;
      const there = await this.#store.get(record.name);
      if (!this.#replace && there?.name === record.name && there.files[0]?.sha256 !== first?.sha256) {
        this.refuse(name, "There is another model of this name already.");
        return;
      }
      const stored = await this.#store.put(record);
      this.#imported.push({ name: stored.name, path: first === undefined ? "" : this.#store.locate(first), notes });
    } catch (error) {
      if (!(error instanceof Error) || (MullamaError.isInstance(error) && error.code === "ABORTED")) throw error;
      this.refuse(name, error.message);
    }
  }

  refuse(name: string, reason: string): void {
    this.#refused.push({ name, reason });
  }

  report(folder: string): ImportReport {
    return { folder, imported: this.#imported, refused: this.#refused };
  }
}
