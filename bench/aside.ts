/** What the way to the thread for strangers' work and back adds to a request. */
import { aside } from "../src/chat/aside/aside.js";
import { doWork, type Work } from "../src/chat/aside/work.js";
import type { Section } from "./report.js";
import { percentile } from "./statistics.js";

const person = { type: "object", properties: { name: { type: "string" }, age: { type: "integer" } } };
const tool = (name: string): { name: string; description: string; parameters: typeof person } => ({
  name,
  description: "Looks something up",
  parameters: person,
});
const held = (output: { readonly schema: object }): Work => ({
  type: "grammar",
  output: output as never,
  tools: [],
  toolChoice: "none",
  parallel: false,
});
const specialTokens = { addBos: false, control: [], userDefined: [], ends: [] };
const conversation = (messages: number): Work => ({
  type: "prompt",
  format: {
    template: "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}\n{% endfor %}",
    specialTokens: specialTokens as never,
  },
  messages: Array.from({ length: messages }, () => ({ role: "user", content: "Why is the sky blue? ".repeat(20) })),
  options: { tools: Array.from({ length: 20 }, (_, index) => tool(`tool${index}`)) },
});

const works: Readonly<Record<string, Work>> = {
  "grammar of any JSON object": held({ schema: { type: "object" } }),
  "grammar of a small schema": held({ schema: person }),
  "prompt of 200 messages and 20 tools": conversation(200),
};

export async function measureAside(rounds: number): Promise<Section> {
  const rows: (string | number)[][] = [];
  const begun = performance.now();
  await aside({ type: "traits", template: "" });
  const first = performance.now() - begun;
  for (const [title, work] of Object.entries(works)) {
    const here: number[] = [];
    const there: number[] = [];
    for (let round = 0; round < rounds; round++) {
      let at = performance.now();
      doWork(work);
      here.push(performance.now() - at);
      at = performance.now();
      await aside(work);
      there.push(performance.now() - at);
    }
    rows.push([title, ...[here, there].flatMap((times) => [percentile(times, 0.5), percentile(times, 0.99)])]);
  }
  return {
    title: "Strangers' work, aside",
    note: `Milliseconds on this thread, and on the one for what strangers say, which began in ${first.toFixed(0)} ms; ${rounds} rounds.`,
    columns: ["work", "here p50", "p99", "aside p50", "p99"],
    rows,
  };
}
