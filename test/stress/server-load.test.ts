// 64 clients at a time, of several dialects, some of which leave, while the model's process is killed again and again.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MullamaServer } from "../../src/server/index.js";
import { TinyRandom } from "../support/tiny-random.js";
import { post, tinyServer } from "../support/tiny-server.js";

/** Seconds; a nightly run takes more. */
const SECONDS = Number(process.env["MULLAMA_STRESS_SECONDS"] ?? 30);
const CLIENTS = 64;
const KILL_EVERY_MS = 3000;
const prompts = ["ab", "abc ab", "the", "a b c d", "hello"];

interface Asked {
  readonly path: string;
  readonly body: (prompt: string) => object;
  /** The text of a whole answer; undefined where it tells of a failure. */
  readonly read: (answer: string) => string | undefined;
}

const greedy = { temperature: 0, seed: 1 };

const dialects: readonly Asked[] = [
  {
    path: "/v1/completions",
    body: (prompt) => ({ model: "tiny", prompt, max_tokens: 16, stream: true, ...greedy }),
    read: (answer) => {
      if (!answer.endsWith("[DONE]\n\n")) return undefined;
      const events = [...answer.matchAll(/^data: (\{.*)$/gm)].map(([, json = ""]) => JSON.parse(json) as OpenAiEvent);
      return events.map(({ choices }) => choices[0]?.text ?? "").join("");
    },
  },
  {
    path: "/v1/completions",
    body: (prompt) => ({ model: "tiny", prompt, max_tokens: 16, ...greedy }),
    read: (answer) => (JSON.parse(answer) as OpenAiEvent).choices[0]?.text,
  },
  {
    path: "/api/generate",
    body: (prompt) => ({ model: "tiny", prompt, raw: true, options: { num_predict: 16, ...greedy } }),
    read: (answer) => {
      const lines = answer.trimEnd().split("\n");
      const parts = lines.map((line) => JSON.parse(line) as { response?: string; done?: boolean });
      return parts.at(-1)?.done === true ? parts.map(({ response = "" }) => response).join("") : undefined;
    },
  },
];

interface OpenAiEvent {
  readonly choices: readonly { readonly text: string }[];
}

class Load {
  readonly #server: MullamaServer;
  readonly #random = new TinyRandom(11);
  readonly #expected = new Map<string, string>();
  right = 0;
  failed = 0;
  left = 0;

  constructor(server: MullamaServer) {
    this.#server = server;
  }

  /** What each prompt is answered with when nobody else asks anything. */
  async learn(): Promise<void> {
    for (const prompt of prompts) {
      for (const [index, { path, body, read }] of dialects.entries()) {
        const text = read(await (await post(this.#server, path, body(prompt))).text());
        assert.ok(text !== undefined);
        this.#expected.set(`${index} ${prompt}`, text);
      }
    }
  }

  async client(until: number): Promise<void> {
    while (performance.now() < until) await this.#ask();
  }

  async #ask(): Promise<void> {
    const index = Math.floor(this.#random.uniform() * dialects.length);
    const prompt = prompts[Math.floor(this.#random.uniform() * prompts.length)] ?? "";
    const { path, body, read } = dialects[index] ?? assert.fail();
    const response = await post(this.#server, path, body(prompt));
    if (this.#random.uniform() < 0.2) {
      this.left++;
      return response.body?.cancel();
    }
    const answer = await response.text();
    const text = response.ok ? read(answer) : undefined;
    if (text === undefined) {
      assert.match(answer, /"error"/, "a request that is lost says so");
      this.failed++;
      return;
    }
    assert.equal(text, this.#expected.get(`${index} ${prompt}`), `${path} ${prompt}`);
    this.right++;
  }
}

describe("a server under load", () => {
  it("gives right answers or errors, and leaves nothing behind", async () => {
    const server = await tinyServer({ host: "child" });
    const { pool } = server.services;
    const load = new Load(server);
    await load.learn();
    const pids = new Set<number>();
    const killer = setInterval(() => {
      const pid = pool.list()[0]?.model?.pid;
      if (pid === undefined) return;
      pids.add(pid);
      process.kill(pid, "SIGKILL");
    }, KILL_EVERY_MS);
    const until = performance.now() + SECONDS * 1000;
    await Promise.all(Array.from({ length: CLIENTS }, () => load.client(until)));
    clearInterval(killer);
    assert.ok(load.right > CLIENTS && load.left > 0, `${load.right} right, ${load.failed} failed, ${load.left} left`);
    assert.ok(pids.size > 0);
    await pool.load("tiny");
    assert.deepEqual(
      pool.list().map(({ users }) => users),
      [0],
    );
    const last = pool.list()[0]?.model?.pid ?? 0;
    await server.dispose();
    for (const pid of [...pids, last]) assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
  });
});
