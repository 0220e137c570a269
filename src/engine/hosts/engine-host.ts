import type { EngineInfo } from "../engine-info.js";
import type { EngineLoadOptions } from "../engine.js";
import type { EngineOptions } from "../engine-options.js";
import type { EngineCommand, EngineEvent } from "../protocol.js";

/** Hears what becomes of requests. */
export type EventListener = (events: readonly EngineEvent[]) => void;

/** Where an engine runs. Whatever happens to it, every request that it was given ends with an event. */
export interface EngineHost {
  readonly info: EngineInfo;
  /** Whether commands stay on this thread, so that a request may hold functions. */
  readonly local: boolean;
  post(command: EngineCommand): void;
  /** Stops the computation that runs now, so that a request that was cancelled ends at once. */
  interrupt(): void;
  /** Whether the program is to stay alive for the engine's sake. */
  keepAlive(alive: boolean): void;
  /** Ends it, and frees what it has. */
  dispose(): Promise<void>;
}

/** Makes a host, and loads its engine. */
export type HostFactory = (
  options: EngineOptions,
  listener: EventListener,
  load: EngineLoadOptions,
) => Promise<EngineHost>;
