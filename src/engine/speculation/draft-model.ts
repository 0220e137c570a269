import { MullamaError } from "../../errors.js";
import { checkInteger, checkNumber, checkOptions } from "../../llama/check.js";
import { Batch, type Context, Model, type Threadpool } from "../../llama/index.js";
import type { SpeculationOptions } from "../engine-options.js";
import { commonPrefix, TokenBuffer } from "../token-buffer.js";
import type { Drafter, DraftRequest } from "./drafter.js";

/** How far two vocabularies may differ in size, for padding, and how many tokens must be the same. */
const MOST_DIFFERENCE = 128;

export interface DraftModelOptions {
  readonly contextSize: number;
  /** How many sequences draft at the same time. */
  readonly sequences: number;
  readonly threadpool: Threadpool;
}

/** A sequence of the draft model's context. */
interface DraftSequence {
  readonly sequence: number;
  /** What the context holds. */
  readonly tokens: TokenBuffer;
}

/** A sequence while it drafts. */
interface Drafting {
  readonly request: DraftRequest;
  readonly held: DraftSequence;
  readonly draft: number[];
  done: boolean;
}

/** Lets a small model of the same vocabulary guess the next tokens, for all sequences at once. */
export class DraftModel implements Drafter {
  readonly #model: Model;
  readonly #context: Context;
  readonly #batch: Batch;
  readonly #minProbability: number;
  readonly #vocabularySize: number;
  readonly #free: number[];
  readonly #held = new Map<number, DraftSequence>();

  /**
   * @throws {MullamaError} what `Model.load` throws; `ARGUMENT_INVALID` where the vocabularies differ; `UNSUPPORTED` for a
   * model that cannot take back tokens
   */
  constructor(
    target: Model,
    options: Extract<SpeculationOptions, { type: "draft-model" }>,
    { contextSize, sequences, threadpool }: DraftModelOptions,
  ) {
    checkOptions("options.speculation", options, ["type", "path", "maxDraft", "minProbability"]);
    checkInteger("options.speculation.maxDraft", options.maxDraft ?? 8, 1, 64);
    this.#minProbability = checkNumber("options.speculation.minProbability", options.minProbability ?? 0.75, 0, 1);
    this.#model = Model.load(options.path);
    try {
      checkVocabulary(target, this.#model);
      this.#vocabularySize = Math.min(target.vocab.size, this.#model.vocab.size);
      this.#context = this.#model.createContext({
        contextSize,
        batchSize: Math.max(512, sequences),
        maxSequences: sequences,
        kvUnified: true,
      });
    } catch (error) {
      this.#model.dispose();
      throw error;
    }
    this.#context.attachThreadpool(threadpool);
    this.#batch = new Batch({ capacity: this.#context.limits.batchSize });
    this.#free = Array.from({ length: sequences }, (_, index) => sequences - 1 - index);
  }

  draft(sequences: readonly DraftRequest[]): readonly Int32Array[] {
    const drafting = sequences.flatMap((request): Drafting[] => {
      const held = this.#sequenceFor(request.id);
      return held === undefined ? [] : [{ request, held, draft: [], done: false }];
    });
    try {
      this.#catchUp(drafting);
      for (let going = drafting; going.length > 0; going = going.filter(({ done }) => !done)) this.#extend(going);
    } catch (error) {
      // Guesses are a help, never a condition: without room, or when it is stopped, there are none.
      if (!MullamaError.isInstance(error) || !["KV_CACHE_FULL", "ABORTED"].includes(error.code)) throw error;
      this.#reset();
    }
    const drafts = new Map(drafting.map(({ request, draft }) => [request.id, draft]));
    return sequences.map(({ id }) => Int32Array.from(drafts.get(id) ?? []));
  }

  forget(id: number): void {
    const held = this.#held.get(id);
    if (held === undefined) return;
    this.#context.memory.remove(held.sequence);
    this.#held.delete(id);
    this.#free.push(held.sequence);
  }

  dispose(): void {
    this.#batch.dispose();
    this.#context.dispose();
    this.#model.dispose();
  }

  #sequenceFor(id: number): DraftSequence | undefined {
    const held = this.#held.get(id);
    if (held !== undefined) return held;
    const sequence = this.#free.pop();
    if (sequence === undefined) return undefined;
    const made = { sequence, tokens: new TokenBuffer() };
    this.#held.set(id, made);
    return made;
  }

  /** Computes what each sequence lacks but its last token, and takes back what was guessed wrong. */
  #catchUp(drafting: readonly Drafting[]): void {
    const { batchSize } = this.#context.limits;
    for (const { request, held } of drafting) {
      const wanted = request.tokens.view(0, request.tokens.length - 1);
      const common = commonPrefix(held.tokens.view(), wanted);
      if (common < held.tokens.length) {
        this.#context.memory.remove(held.sequence, { from: common });
        held.tokens.truncate(common);
      }
      while (held.tokens.length < wanted.length) {
        const from = held.tokens.length;
        const chunk = wanted.subarray(from, from + batchSize);
        this.#batch.clear();
        chunk.forEach((token, offset) => this.#add(held, token, from + offset, false));
        this.#context.decode(this.#batch);
        held.tokens.append(chunk);
      }
    }
  }

  /** One more token for each sequence. */
  #extend(drafting: readonly Drafting[]): void {
    this.#batch.clear();
    for (const { request, held, draft } of drafting) {
      const last = draft.at(-1) ?? request.tokens.at(request.tokens.length - 1);
      this.#add(held, last, held.tokens.length, true);
    }
    this.#context.decode(this.#batch);
    drafting.forEach((one, index) => {
      one.held.tokens.push(one.draft.at(-1) ?? one.request.tokens.at(one.request.tokens.length - 1));
      const guess = this.#guess(index);
      if (guess !== undefined) one.draft.push(guess);
      one.done = guess === undefined || one.draft.length >= one.request.max;
    });
  }

  #add({ sequence }: DraftSequence, token: number, position: number, output: boolean): void {
    this.#batch.add(token, { position, sequences: [sequence], output });
  }

  /** The likeliest token, if it is likely enough. */
  #guess(output: number): number | undefined {
    // Tokens beyond the model's own vocabulary are padding.
    const logits = this.#context.logits(output).toFloat32Array(0, this.#vocabularySize);
    let best = 0;
    for (let token = 1; token < logits.length; token++) if ((logits[token] ?? 0) > (logits[best] ?? 0)) best = token;
    const most = logits[best] ?? 0;
    let sum = 0;
    for (const logit of logits) sum += Math.exp(logit - most);
    return 1 / sum >= this.#minProbability ? best : undefined;
  }

  #reset(): void {
    this.#context.memory.clear(false);
    for (const { tokens } of this.#held.values()) tokens.truncate(0);
  }
}

function checkVocabulary(target: Model, draft: Model): void {
  const [a, b] = [target.vocab, draft.vocab];
  const shared = Math.min(a.size, b.size);
  const fits = a.type === b.type && Math.abs(a.size - b.size) <= MOST_DIFFERENCE && a.bos === b.bos && a.eos === b.eos;
  let differs = fits ? -1 : 0;
  for (let token = 5; token < shared && differs < 0; token++) if (a.text(token) !== b.text(token)) differs = token;
  if (differs < 0) {
    if (!draft.isRecurrent && !draft.isHybrid) return;
    throw new MullamaError("UNSUPPORTED", "A recurrent model cannot draft: it cannot take back a wrong guess.");
  }
  throw new MullamaError(
    "ARGUMENT_INVALID",
    fits
      ? `The draft model's vocabulary differs from the model's at token ${differs}.`
      : "The draft model's vocabulary is not the model's.",
    { hint: "Choose a smaller model of the same family." },
  );
}
