import type { GenerationFinish } from "../../engine/protocol.js";
import { Histogram } from "./histogram.js";

/** Seconds: from a cached prompt on a fast machine to a long one on a slow machine. */
const firstTokenBounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const tokenBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

/** What a model has done since the server started, however often it was loaded. */
export class ModelTotals {
  generations = 0;
  promptTokens = 0;
  cachedTokens = 0;
  completionTokens = 0;
  draftTokens = 0;
  acceptedDraftTokens = 0;
  promptSeconds = 0;
  completionSeconds = 0;
  /** The longest text that it has worked on. */
  mostTokens = 0;
  loads = 0;
  failedLoads = 0;
  crashes = 0;
  readonly unloads = new Map<string, number>();
  readonly queue = new Histogram(firstTokenBounds);
  readonly firstToken = new Histogram(firstTokenBounds);
  /** The mean time between the tokens of each answer. */
  readonly outputToken = new Histogram(tokenBounds);

  /** Counts an answer that has ended. */
  add({ usage, timings }: GenerationFinish): void {
    this.generations++;
    this.promptTokens += usage.promptTokens - usage.cachedTokens;
    this.cachedTokens += usage.cachedTokens;
    this.completionTokens += usage.completionTokens;
    this.draftTokens += usage.draftTokens;
    this.acceptedDraftTokens += usage.acceptedDraftTokens;
    this.promptSeconds += timings.prompt / 1000;
    this.completionSeconds += timings.completion / 1000;
    this.mostTokens = Math.max(this.mostTokens, usage.promptTokens + usage.completionTokens);
    this.queue.observe(timings.queue / 1000);
    if (timings.firstToken !== undefined) this.firstToken.observe(timings.firstToken / 1000);
    const gaps = usage.completionTokens - 1;
    if (gaps > 0) this.outputToken.observe(timings.completion / 1000 / gaps);
  }
}
