import { once } from "node:events";
import { MullamaError } from "../../../errors.js";
import { type ListeningServer, serve, type ServeOptions } from "../../../server/index.js";
import { ExitCode } from "../../exit-code.js";
import { describeError } from "../../report-error.js";
import { writeServiceRecord } from "../../service/service-file.js";
import { packageVersion } from "../../../package-version.js";
import { requestLine } from "./request-log.js";
import { type ServeCommandOptions, serveOptions } from "./serve-options.js";

/** How long the service of the background stays when nobody uses it and no model is loaded. */
const IDLE_MS = 60_000;

/** `mullama serve`: serves until it is told to end, and then lets what runs come to its end. */
export async function serveCommand(options: ServeCommandOptions): Promise<number> {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const asJson = options.json === true;
  const server = await listen(options, {
    ...(await serveOptions(options)),
    ...(options.quiet === true || options.background === true
      ? {}
      : { onRequest: (record) => log(requestLine(record, asJson)) }),
    onError: (error, requestId) => log(`${requestId}: ${describeError(error).trimEnd()}`),
  });
  const forget = writeServiceRecord({ pid: process.pid, url: server.url, version: packageVersion() });
  if (asJson) log(JSON.stringify({ time: new Date().toISOString(), event: "listening", url: server.url }));
  else log(`Listening at ${server.url}. Ctrl-C ends it.`);
  try {
    const exitCode = await Promise.race([ended(), ...(options.background === true ? [unused(server)] : [])]);
    if (!asJson && exitCode !== ExitCode.ok)
      log("Ending; what runs may come to its end. Ctrl-C again ends it at once.");
    process.once("SIGINT", () => process.exit(ExitCode.interrupted)).once("SIGTERM", () => process.exit(exitCode));
    forget();
    await server.close();
    return ExitCode.ok;
  } finally {
    forget();
  }
}

/** The service of the background takes another port where the usual one is taken. */
async function listen({ port, background }: ServeCommandOptions, options: ServeOptions): Promise<ListeningServer> {
  try {
    return await serve(options);
  } catch (error) {
    const taken = MullamaError.isInstance(error) && error.code === "ADDRESS_UNAVAILABLE";
    if (!taken || background !== true || port !== undefined) throw error;
    return serve({ ...options, port: 0 });
  }
}

async function ended(): Promise<number> {
  return Promise.race([
    once(process, "SIGINT").then(() => ExitCode.interrupted),
    once(process, "SIGTERM").then(() => ExitCode.terminated),
  ]);
}

function unused({ app }: ListeningServer): Promise<number> {
  const { pool, activity } = app.services;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (pool.list().length > 0 || activity.quiet < IDLE_MS) return;
      clearInterval(timer);
      resolve(ExitCode.ok);
    }, 1000);
  });
}
