import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "./temporary-folder.js";

/** As it is published. */
const command = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));

/** A process `mullama serve`, with presets of its own and nothing else. */
export class ServedProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #log: () => string;

  /** @param models as a file of presets has them */
  static async start(models: object): Promise<ServedProcess> {
    const home = temporaryFolder();
    const config = join(home, "presets.json");
    writeFileSync(config, JSON.stringify({ models }));
    const args = [command, "serve", "--port", "0", "--config", config, "--keep-alive", "-1", "--json", "--quiet"];
    const env = { ...process.env, MULLAMA_HOME: home, MULLAMA_HOST: "" };
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "pipe"] });
    let log = "";
    child.stderr.setEncoding("utf8");
    for await (const chunk of child.stderr.iterator({ destroyOnReturn: false })) {
      log += chunk as string;
      const [, url] = /"url":"([^"]+)"/.exec(log) ?? [];
      if (url !== undefined) {
        child.stderr.on("data", (more: string) => (log = (log + more).slice(-20_000)));
        return new ServedProcess(child, url, () => log);
      }
    }
    return assert.fail(`It did not begin to listen: ${log}`);
  }

  private constructor(child: ChildProcess, url: string, log: () => string) {
    this.#child = child;
    this.url = url;
    this.#log = log;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The end of what it has written. */
  get log(): string {
    return this.#log();
  }

  /** Has it end as a service manager does. @returns its exit code */
  async end(): Promise<number | null> {
    this.#child.kill("SIGTERM");
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, "exit");
    return this.#child.exitCode;
  }

  /** Where a test has failed. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
