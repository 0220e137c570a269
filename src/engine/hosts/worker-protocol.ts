/** What a host and the worker thread or child process behind it say to each other. */
import type { EngineInfo } from "../engine-info.js";
import type { EngineOptions } from "../engine-options.js";
import type { EngineCommand } from "../protocol.js";
import type { PlainError, PlainEvent } from "./plain-error.js";

export type ToWorker =
  | { readonly type: "load"; readonly options: EngineOptions }
  /** Stops loading. */
  | { readonly type: "abort-load" }
  /** Stops the computation that runs now; only a child process needs to be told. */
  | { readonly type: "interrupt" }
  | { readonly type: "command"; readonly command: EngineCommand };

/** What a thread is started with. */
export interface WorkerStart {
  /** The pipe that events are written to; undefined: they are messages, as the rest. */
  readonly eventPipe: number | undefined;
}

export type FromWorker =
  | { readonly type: "progress"; readonly progress: number }
  | { readonly type: "ready"; readonly info: EngineInfo; readonly abortFlag: Uint8Array }
  | { readonly type: "load-failed"; readonly error: PlainError }
  | { readonly type: "events"; readonly events: readonly PlainEvent[] };

/** The large buffers of events, to be handed over instead of copied. */
export function transfersOf(events: readonly PlainEvent[]): ArrayBuffer[] {
  return events.flatMap((event) => {
    if (event.type !== "result" || event.result === undefined) return [];
    const { result } = event;
    if (typeof result !== "object") return [];
    const views = [
      result,
      ...("embeddings" in result ? result.embeddings : []),
      "scores" in result ? result.scores : undefined,
    ];
    return views.flatMap((view) =>
      ArrayBuffer.isView(view) && view.buffer instanceof ArrayBuffer ? [view.buffer] : [],
    );
  });
}
