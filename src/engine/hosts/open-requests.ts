import type { EngineCommand, EngineEvent } from "../protocol.js";

/** The requests that an engine was given and has not ended. */
export class OpenRequests {
  readonly #ids = new Set<number>();

  /** Takes notice of a command that is sent. */
  sent(command: EngineCommand): void {
    if (command.type === "submit") this.#ids.add(command.id);
  }

  /** The events of requests that are still open; each ends once. */
  heard(events: readonly EngineEvent[]): EngineEvent[] {
    return events.filter(({ id, type }) => (type === "chunk" ? this.#ids.has(id) : this.#ids.delete(id)));
  }

  /** Ends all of them with an error. */
  fail(error: Error): EngineEvent[] {
    const events = Array.from(this.#ids, (id): EngineEvent => ({ type: "error", id, error }));
    this.#ids.clear();
    return events;
  }
}
