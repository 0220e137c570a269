import { checkInteger, checkOptions } from "../../llama/check.js";
import type { SpeculationOptions } from "../engine-options.js";
import { TokenBuffer } from "../token-buffer.js";
import type { Drafter, DraftRequest } from "./drafter.js";
import { NgramTable } from "./ngram-table.js";

/** Tokens of ended requests that are remembered; when there are more, the older half goes. */
const REMEMBERED = 1 << 16;

/**
 * Guesses that what followed a run of tokens before follows it again: in the same sequence ("prompt lookup"), or in what
 * earlier requests were answered. It costs nothing but a look into a table, and helps where texts repeat themselves, as
 * summaries, edits and code do.
 */
export class NgramDrafter implements Drafter {
  readonly #size: number;
  readonly #tables = new Map<number, NgramTable>();
  readonly #learned = new TokenBuffer();
  readonly #learnedTable: NgramTable;

  constructor(options: Extract<SpeculationOptions, { type: "ngram" }>) {
    checkOptions("options.speculation", options, ["type", "size", "maxDraft"]);
    this.#size = checkInteger("options.speculation.size", options.size ?? 3, 1, 16);
    checkInteger("options.speculation.maxDraft", options.maxDraft ?? 8, 1, 64);
    this.#learnedTable = new NgramTable(this.#size);
  }

  draft(sequences: readonly DraftRequest[]): readonly Int32Array[] {
    return sequences.map((sequence) => this.#guess(sequence));
  }

  forget(id: number): void {
    this.#tables.delete(id);
  }

  learn(tokens: Int32Array): void {
    if (tokens.length > REMEMBERED / 2) return;
    if (this.#learned.length + tokens.length > REMEMBERED) {
      this.#learned.remove(0, REMEMBERED / 2);
      this.#learnedTable.reset();
    }
    this.#learned.append(tokens);
    this.#learnedTable.lookUp(this.#learned.view());
  }

  dispose(): void {
    this.#tables.clear();
  }

  #guess({ id, tokens, max }: DraftRequest): Int32Array {
    let table = this.#tables.get(id);
    if (table === undefined) this.#tables.set(id, (table = new NgramTable(this.#size)));
    const own = table.lookUp(tokens.view());
    if (own !== undefined) return tokens.view(own, own + max).slice();
    const learned = this.#learnedTable.find(tokens.view());
    return learned === undefined ? new Int32Array(0) : this.#learned.view(learned, learned + max).slice();
  }
}
