/** A thread of clients: some ask for the worst that there is, some for what they have a right to. */
import { parentPort, workerData } from "node:worker_threads";
import { worstBodies } from "./worst-bodies.js";

export interface BombardOptions {
  readonly url: string;
  readonly ms: number;
  readonly attackers: number;
}

export interface Bombardment {
  /** Answers to attackers, by their statuses. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Answers to honest clients that were as they should be, and what others were. */
  readonly right: number;
  readonly busy: number;
  readonly wrong: readonly string[];
}

const { url, ms, attackers } = workerData as BombardOptions;
const worst = Object.values(worstBodies).map((make) => make());
const plain = { model: "tiny", max_tokens: 8, temperature: 0, seed: 1 };
const person = { type: "object", properties: { age: { type: "integer", maximum: 150 } }, required: ["age"] };
const honest = [
  { path: "/v1/completions", body: JSON.stringify({ ...plain, prompt: "ab" }) },
  {
    path: "/v1/chat/completions",
    body: JSON.stringify({
      ...plain,
      messages: [{ role: "user", content: "abc" }],
      response_format: { type: "json_schema", json_schema: { name: "person", schema: person } },
    }),
  },
];

async function ask({ path, body }: { readonly path: string; readonly body: string }): Promise<[number, string]> {
  const response = await fetch(url + path, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  return [response.status, await response.text()];
}

/** What an answer says, without its id and its time. */
function saidIn(answer: string): string {
  const { choices } = JSON.parse(answer) as { readonly choices: unknown };
  return JSON.stringify(choices);
}

async function bombard(): Promise<Bombardment> {
  const expected = await Promise.all(honest.map(async (one) => saidIn((await ask(one))[1])));
  parentPort?.postMessage("ready", []);
  const until = performance.now() + ms;
  const statuses: Record<string, number> = {};
  let next = 0;
  const attack = async (): Promise<void> => {
    while (performance.now() < until) {
      const [status] = await ask(worst[next++ % worst.length] ?? { path: "/", body: "" });
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  let right = 0;
  let busy = 0;
  const wrong: string[] = [];
  const use = async (index: number): Promise<void> => {
    while (performance.now() < until) {
      const [status, text] = await ask(honest[index] ?? { path: "/", body: "" });
      if (status === 503) busy++;
      else if (status === 200 && saidIn(text) === expected[index]) right++;
      else wrong.push(`${status} ${text}`);
    }
  };
  await Promise.all([...Array.from({ length: attackers }, attack), ...honest.map((_, index) => use(index))]);
  return { statuses, right, busy, wrong };
}

parentPort?.postMessage(await bombard(), []);
