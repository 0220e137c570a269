import { Engine } from "../../src/engine/engine.js";
import type { EngineOptions } from "../../src/engine/engine-options.js";
import type { GenerationRequest } from "../../src/engine/generation-request.js";
import type {
  EngineEvent,
  EngineRequest,
  EngineResults,
  GenerationChunk,
  GenerationFinish,
  RequestType,
} from "../../src/engine/protocol.js";

/** What became of a request. */
export interface Outcome {
  readonly chunks: GenerationChunk[];
  result: EngineResults[RequestType] | undefined;
  error: Error | undefined;
  /** How often it has ended. */
  ends: number;
}

/** An engine whose steps the test takes, one by one. */
export class EngineRun implements Disposable {
  readonly engine: Engine;
  readonly outcomes: Map<number, Outcome>;
  #next = 1;

  private constructor(engine: Engine, outcomes: Map<number, Outcome>) {
    this.engine = engine;
    this.outcomes = outcomes;
  }

  static async load(options: EngineOptions): Promise<EngineRun> {
    const outcomes = new Map<number, Outcome>();
    const report = (events: readonly EngineEvent[]): void => events.forEach((event) => record(outcomes, event));
    // A tiny model's threads would spend their time waiting for each other, and for those of the test file beside.
    const engine = await Engine.load({ threads: 1, ...options }, report);
    return new EngineRun(engine, outcomes);
  }

  submit(request: EngineRequest): number {
    const id = this.#next++;
    this.outcomes.set(id, { chunks: [], result: undefined, error: undefined, ends: 0 });
    this.engine.command({ type: "submit", id, request });
    return id;
  }

  generate(request: GenerationRequest): number {
    return this.submit({ type: "generate", request });
  }

  outcome(id: number): Outcome {
    const outcome = this.outcomes.get(id);
    if (outcome === undefined) throw new RangeError(`no request ${id}`);
    return outcome;
  }

  /** Steps until there is nothing to do. */
  run(): void {
    for (let steps = 0; this.engine.step(); steps++) {
      if (steps > 100_000) throw new RangeError("the engine does not come to an end");
    }
  }

  /** The tokens of an answer so far. */
  tokens(id: number): number[] {
    return this.outcome(id).chunks.flatMap(({ tokens }) => tokens);
  }

  text(id: number): string {
    return this.outcome(id)
      .chunks.map(({ text }) => text)
      .join("");
  }

  /** How a generation ended; throws its error where it failed. */
  finish(id: number): GenerationFinish {
    const { result, error } = this.outcome(id);
    if (error !== undefined) throw error;
    if (result === undefined) throw new RangeError(`request ${id} has not ended`);
    return result as GenerationFinish;
  }

  /** One generation, by itself. */
  complete(request: GenerationRequest): { tokens: number[]; text: string; finish: GenerationFinish } {
    const id = this.generate(request);
    this.run();
    return { finish: this.finish(id), tokens: this.tokens(id), text: this.text(id) };
  }

  [Symbol.dispose](): void {
    this.engine.dispose();
  }
}

function record(outcomes: Map<number, Outcome>, event: EngineEvent): void {
  const outcome = outcomes.get(event.id);
  if (outcome === undefined) throw new RangeError(`an event of an unknown request: ${event.id}`);
  if (outcome.ends > 0 && event.type === "chunk") throw new RangeError(`a chunk of request ${event.id} after its end`);
  if (event.type === "chunk") outcome.chunks.push(event.chunk);
  else {
    outcome.ends++;
    if (event.type === "result") outcome.result = event.result;
    else outcome.error = event.error;
  }
}
