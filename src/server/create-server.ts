import { composeApp } from "./app.js";
import { watchPresets } from "./directory/watch-presets.js";
import { Telemetry } from "./metrics/telemetry.js";
import type { ServerOptions } from "./server-options.js";
import { createServices, type Services } from "./services.js";

/** A server that does not listen yet: a function from requests to answers, for any framework that speaks the web's own types. */
export interface MullamaServer extends AsyncDisposable {
  /** Answers a request. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** What it answers with: the models that are loaded and those that there are. */
  readonly services: Services;
  /** Unloads the models. Requests that still run fail. */
  dispose(): Promise<void>;
}

/**
 * Makes a server that can be mounted anywhere; `serve` listens, too.
 *
 * @throws {MullamaError} `ARGUMENT_INVALID` naming the option, or the field of the config file
 *
 * @example
 * const server = await createServer({ models: { small: { model: "smollm2:135m" } } });
 * export const POST = (request: Request) => server.fetch(request);
 */
export async function createServer(options: ServerOptions = {}): Promise<MullamaServer> {
  const telemetry = options.telemetry === true ? await Telemetry.load() : undefined;
  const services = createServices(options, telemetry);
  const watcher = await watchPresets(services);
  const app = composeApp(services);
  const fetch = async (request: Request): Promise<Response> => app.fetch(request);
  const checked =
    options.checkAnswers === true ? (await import("./openapi/check-answers.js")).checkAnswers(fetch) : fetch;
  void loadPinned(services);
  const dispose = async (): Promise<void> => {
    watcher?.close();
    await services.pool.dispose();
  };
  return {
    fetch: checked,
    services,
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

/** Loads what is never to be unloaded, so that nobody has to wait for it. */
async function loadPinned({ directory, pool, options }: Services): Promise<void> {
  const pinned = directory.presets().filter((model) => model.pinned);
  await Promise.all(
    pinned.map(({ id }) => pool.load(id).catch((error: unknown) => options.onError?.(error, "pinned"))),
  );
}
