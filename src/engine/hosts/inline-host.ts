import { Engine, type EngineLoadOptions } from "../engine.js";
import type { EngineOptions } from "../engine-options.js";
import type { EngineCommand } from "../protocol.js";
import type { EngineHost, EventListener } from "./engine-host.js";
import { EngineLoop } from "./engine-loop.js";

/** An engine on the caller's own thread: simple to follow, but everything else waits while it computes. */
export class InlineHost implements EngineHost {
  readonly local = true;
  readonly #engine: Engine;
  readonly #loop: EngineLoop;

  static async load(options: EngineOptions, listener: EventListener, load: EngineLoadOptions): Promise<EngineHost> {
    return new InlineHost(await Engine.load(options, listener, load), listener);
  }

  private constructor(engine: Engine, listener: EventListener) {
    this.#engine = engine;
    this.#loop = new EngineLoop(engine, listener);
  }

  get info(): Engine["info"] {
    return this.#engine.info;
  }

  post(command: EngineCommand): void {
    this.#loop.command(command);
  }

  /** While it computes, nobody else on its thread could ask it to stop. */
  interrupt(): void {}

  keepAlive(): void {}

  dispose(): Promise<void> {
    this.#loop.dispose();
    return Promise.resolve();
  }
}
