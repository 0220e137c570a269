/** llama-server of the pinned release, on the library files that mullama opened, and a client that measures it. */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerProgram } from "./baseline.js";

/** How llama-server is started: as the engine is. */
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

export class LlamaServer implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #address: string;

  private constructor(child: ChildProcess, address: string) {
    this.#process = child;
    this.#address = address;
  }

  static async start({ program, library }: ServerProgram, options: ServerOptions): Promise<LlamaServer> {
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
    const child = spawn(program, args, { cwd: library.directory, stdio: "ignore" });
    const address = `http://127.0.0.1:${port}`;
    for (let tries = 0; tries < 300; tries++) {
      if (child.exitCode !== null) throw new Error(`llama-server ended with exit code ${child.exitCode}`);
      const healthy = await fetch(`${address}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (healthy) return new LlamaServer(child, address);
      await sleep(100);
    }
    child.kill("SIGKILL");
    throw new Error("llama-server did not become ready within 30 seconds");
  }

  /** One completion as a stream, greedy and of exactly `tokens` tokens. */
  async complete(prompt: string, tokens: number, cache: boolean): Promise<Completion> {
    const start = performance.now();
    const body = { prompt, n_predict: tokens, temperature: 0, ignore_eos: true, stream: true, cache_prompt: cache };
    const response = await fetch(`${this.#address}/completion`, { method: "POST", body: JSON.stringify(body) });
    if (!response.ok || response.body === null) throw new Error(`llama-server answered ${response.status}`);
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
    const ended = new Promise((done) => this.#process.once("exit", done));
    this.#process.kill("SIGKILL");
    await ended;
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
