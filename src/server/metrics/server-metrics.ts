import type { GenerationFinish } from "../../engine/protocol.js";
import type { AccessRecord } from "../http/track-requests.js";
import type { PoolEvent } from "../pool/pool-options.js";
import { ModelTotals } from "./model-totals.js";

/** Requests of a kind. */
interface RequestCount {
  readonly model: string;
  readonly status: number;
  count: number;
}

/** Counts what a server does. */
export class ServerMetrics {
  readonly models = new Map<string, ModelTotals>();
  readonly #requests = new Map<string, RequestCount>();

  get requests(): readonly RequestCount[] {
    return [...this.#requests.values()];
  }

  totals(model: string): ModelTotals {
    const totals = this.models.get(model) ?? new ModelTotals();
    this.models.set(model, totals);
    return totals;
  }

  /** An answer has ended. */
  generated(model: string, finish: GenerationFinish): void {
    this.totals(model).add(finish);
  }

  /** A request has been answered. Names that mean nothing are not counted one by one: a client could make up any number. */
  answered({ model, status }: AccessRecord, idOf: (name: string) => string | undefined): void {
    const id = model === undefined ? "" : (idOf(model) ?? "");
    const key = `${status} ${id}`;
    const counted = this.#requests.get(key) ?? { model: id, status, count: 0 };
    counted.count++;
    this.#requests.set(key, counted);
  }

  /** Something has happened in the pool. */
  happened(event: PoolEvent): void {
    if (event.type === "loading") return;
    const totals = this.totals(event.id);
    if (event.type === "loaded") totals.loads++;
    else if (event.type === "load-failed") totals.failedLoads++;
    else if (event.type === "crashed") totals.crashes++;
    else totals.unloads.set(event.reason, (totals.unloads.get(event.reason) ?? 0) + 1);
  }
}
