import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { aside } from "../../src/chat/aside/aside.js";
import { Lane } from "../../src/chat/aside/lane.js";
import type { JsonSchema } from "../../src/chat/schema/json-schema.js";
import type { GrammarWork, PromptWork } from "../../src/chat/aside/work.js";
import { hasCode } from "../support/has-code.js";

const grammar = (schema: JsonSchema): GrammarWork => ({
  type: "grammar",
  output: { schema },
  tools: [],
  toolChoice: "none",
  parallel: false,
});

const prompt = (template: string, content = "hello"): PromptWork => ({
  type: "prompt",
  format: { template, specialTokens: { addBos: false, control: [], userDefined: [], ends: [] } as never },
  messages: [{ role: "user", content }],
  options: {},
});

const endless = prompt("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}");

describe("work of strangers, aside", () => {
  it("is done, or says what is wrong with it, as it would here", async () => {
    const made = await aside(grammar({ type: "boolean" }));
    assert.match(made?.text ?? "", /"true"/);
    const { text } = await aside(prompt("{{ messages[0].content }}!"));
    assert.equal(text, "hello!");
    await assert.rejects(aside(grammar({ type: "string", pattern: "(" })), hasCode("SCHEMA_UNSUPPORTED", /pattern/));
    await assert.rejects(aside(prompt("{{ raise_exception('no') }}")), hasCode("TEMPLATE_FAILED", /no/));
  });

  it("ends in time, and what waits behind it is done", async () => {
    const bad = [endless, endless, grammar({ type: "array", uniqueItems: true, items: { enum: words(20_000) } })];
    const refused = Promise.allSettled(bad.map((work) => aside(work)));
    const good = await Promise.all(
      Array.from({ length: 20 }, (_, index) => aside(prompt("{{ messages[0].content }}", `${index}`))),
    );
    assert.deepEqual(
      good.map(({ text }) => text),
      Array.from({ length: 20 }, (_, index) => `${index}`),
    );
    for (const outcome of await refused) {
      assert.equal(outcome.status, "rejected");
      // A fast machine finds in time what is wrong with the schema.
      assert.match(String(outcome.reason), /too complex|does too much|different items/);
    }
  });

  it("costs its thread where it takes too much memory, and no other work", async () => {
    const lane = new Lane({ longest: 60_000, most: 8 });
    const lists = prompt(
      "{% set n = namespace(l=[]) %}{% for i in range(100000) %}{% set n.l = n.l + [range(90000)] %}{% endfor %}",
    );
    const [first, second] = await Promise.all([lane.do(lists, undefined), lane.do(grammar({ const: 1 }), undefined)]);
    assert.ok("late" in first && first.late, JSON.stringify(first).slice(0, 300));
    assert.ok("made" in second);
  });

  it("is refused where too much of it waits, and goes where nobody waits for it", async () => {
    const lane = new Lane({ longest: 1000, most: 2 });
    const running = lane.do(endless, undefined);
    const leaving = new AbortController();
    const waiting = lane.do(grammar({ const: 1 }), leaving.signal);
    const last = lane.do(grammar({ const: 2 }), undefined);
    await assert.rejects(async () => lane.do(grammar({ const: 3 }), undefined), hasCode("BUSY"));
    leaving.abort();
    await assert.rejects(waiting, hasCode("ABORTED"));
    assert.ok("made" in (await last));
    assert.ok("late" in (await running));
  });

  it("is done here where it cannot be sent", async () => {
    const work = prompt("{% if twice is defined %}{{ twice('a') }}{% endif %}{{ messages[0].content }}");
    const variables = { twice: (text: string) => text + text };
    const { text } = await aside({ ...work, options: { variables } });
    assert.equal(text, "aahello");
  });
});

function words(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `w${index}`);
}
