import { MullamaError } from "../../errors.js";
import type { Engine } from "../engine.js";
import type { EngineCommand } from "../protocol.js";
import type { EventListener } from "./engine-host.js";
import { importProcessors, namesModules } from "./processor-modules.js";

/** Steps an engine as long as there is work, with a turn of the event loop between steps, in which commands come in. */
export class EngineLoop {
  readonly #engine: Engine;
  readonly #listener: EventListener;
  /** Requests whose modules are being imported. */
  readonly #importing = new Set<number>();
  #scheduled: NodeJS.Immediate | undefined;
  #disposed = false;

  /** @param listener hears of requests that the engine never saw */
  constructor(engine: Engine, listener: EventListener) {
    this.#engine = engine;
    this.#listener = listener;
  }

  command(command: EngineCommand): void {
    if (this.#disposed) return;
    if (command.type === "submit" && namesModules(command.request)) {
      void this.#import(command.id, command.request);
      return;
    }
    if (command.type === "cancel" && this.#importing.delete(command.id)) {
      const error = new MullamaError("ABORTED", "The request was cancelled.");
      this.#listener([{ type: "error", id: command.id, error }]);
      return;
    }
    this.#engine.command(command);
    this.#schedule();
  }

  dispose(): void {
    this.#disposed = true;
    clearImmediate(this.#scheduled);
    this.#engine.dispose();
  }

  #schedule(): void {
    this.#scheduled ??= setImmediate(() => {
      this.#scheduled = undefined;
      if (!this.#disposed && this.#engine.step()) this.#schedule();
    });
  }

  async #import(
    id: number,
    { type, request }: { readonly type: "generate"; readonly request: Parameters<typeof importProcessors>[0] },
  ): Promise<void> {
    this.#importing.add(id);
    try {
      const imported = await importProcessors(request);
      if (this.#importing.delete(id)) this.command({ type: "submit", id, request: { type, request: imported } });
    } catch (error) {
      if (this.#importing.delete(id)) this.#listener([{ type: "error", id, error: error as Error }]);
    }
  }
}
