/** llama-server and `mullama serve` as processes of their own, with one client that measures both. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../scripts/bindgen/source.js";
import type { ServerProgram } from "./baseline.js";

/** How a server is started: as the engine is. */
export interface ServerOptions {
  readonly model: string;
  readonly threads: number;
  readonly contextSize: number;
  readonly parallel: number;
}

/** What became of one completion; times in milliseconds from its request. */
export interface Completion {
  readonly text: string;
  readonly tokens: number;
  readonly firstToken: number;
}

const MODEL = "benched";
const READY_TRIES = 300;

export class RunningServer implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #address: string;
  readonly #cleanUp: () => void;

  private constructor(child: ChildProcess, address: string, cleanUp: () => void) {
    this.#process = child;
    this.#address = address;
    this.#cleanUp = cleanUp;
  }

  /** llama-server of the pinned release, on the library files that mullama opened. */
  static async llamaServer({ program, library }: ServerProgram, options: ServerOptions): Promise<RunningServer> {
    const port = await freePort();
    const flags = {
      "-m": resolve(options.model),
      "-t": options.threads,
      "-tb": options.threads,
      "-c": options.contextSize,
      "-np": options.parallel,
      "-b": 2048,
      "-ub": 512,
      "--port": port,
      "--host": "127.0.0.1",
    };
    const args = [
      ...Object.entries(flags).flatMap(([flag, value]) => [flag, String(value)]),
      "--kv-unified",
      "--no-webui",
    ];
    // ggml looks for its backends beside the program and in the working directory.
    return RunningServer.#start(program, args, port, { cwd: library.directory });
  }

  /** The built command: `mullama serve`, which runs the model in a further process. */
  static async mullama({ model, ...options }: ServerOptions): Promise<RunningServer> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), "mullama-bench-"));
    const config = join(folder, "presets.json");
    writeFileSync(config, JSON.stringify({ models: { [MODEL]: { model: resolve(model), ...options } } }));
    const args = [join(root, "dist", "cli", "main.js"), "serve", "--quiet", "--port", String(port), "--config", config];
    const cleanUp = (): void => rmSync(folder, { recursive: true, force: true });
    return RunningServer.#start(process.execPath, args, port, { cwd: root, cleanUp });
  }

  static async #start(
    program: string,
    args: readonly string[],
    port: number,
    { cwd, cleanUp = () => {} }: { readonly cwd: string; readonly cleanUp?: () => void },
  ): Promise<RunningServer> {
    const child = spawn(program, args, { cwd, stdio: "ignore" });
    const running = new RunningServer(child, `http://127.0.0.1:${port}`, cleanUp);
    try {
      for (let tries = 0; tries < READY_TRIES; tries++) {
        if (child.exitCode !== null) throw new Error(`${program} ended with exit code ${child.exitCode}`);
        if (await running.#isReady()) {
          // The first answer loads the model and warms it up.
          await running.complete("Once", 4, false);
          return running;
        }
        await sleep(100);
      }
      throw new Error(`${program} did not become ready within ${READY_TRIES / 10} seconds`);
    } catch (error) {
      await running[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #isReady(): Promise<boolean> {
    return fetch(`${this.#address}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** One completion as a stream, greedy and of exactly `tokens` tokens. */
  async complete(prompt: string, tokens: number, cache: boolean): Promise<Completion> {
    const start = performance.now();
    const response = await fetch(`${this.#address}/completion`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        model: MODEL,
        prompt,
        n_predict: tokens,
        temperature: 0,
        ignore_eos: true,
        stream: true,
        cache_prompt: cache,
      }),
    });
    if (!response.ok || response.body === null)
      throw new Error(`${this.#address} answered ${response.status}: ${await response.text()}`);
    let firstToken: number | undefined;
    let text = "";
    let count = 0;
    for await (const event of eventsOf(response.body)) {
      const {
        content = "",
        tokens_predicted = count,
        stop,
      } = event as {
        content?: string;
        tokens_predicted?: number;
        stop?: boolean;
      };
      firstToken ??= performance.now() - start;
      text += content;
      count = tokens_predicted;
      if (stop === true) break;
    }
    return { text, tokens: count, firstToken: firstToken ?? Number.NaN };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) {
      const ended = new Promise((done) => this.#process.once("exit", done));
      this.#process.kill("SIGTERM");
      await ended;
    }
    this.#cleanUp();
  }
}

async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator {
  let rest = "";
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("data: ")) yield JSON.parse(line.slice("data: ".length));
  }
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
