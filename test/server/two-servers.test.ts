// Two servers over one store and one file of presets.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type ListeningServer, serve } from "../../src/server/index.js";
import { ModelStore } from "../../src/models/index.js";
import { ask } from "../support/ask-server.js";
import { hasCode } from "../support/has-code.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { tinyLlama } from "../support/tiny-models.js";
import { post } from "../support/tiny-server.js";

describe("two servers", () => {
  const home = temporaryFolder();
  const config = join(temporaryFolder(), "presets.json");
  const model = tinyLlama().path;
  const write = (...names: readonly string[]): void => {
    const presets = names.map((name) => [name, { model, contextSize: 256 }] as const);
    writeFileSync(config, JSON.stringify({ models: Object.fromEntries(presets) }));
  };
  const start = (port = 0): Promise<ListeningServer> =>
    serve({ port, host: "inline", config, load: { home, threads: 1 }, checkAnswers: true });
  const namesOf = async ({ app }: ListeningServer): Promise<string> => {
    const response = await app.fetch(new Request("http://localhost/v1/models"));
    const { data } = (await response.json()) as { data: readonly { id: string }[] };
    return data
      .map(({ id }) => id)
      .sort()
      .join(" ");
  };

  it("share presets and a store, and each sees what the other changes", async () => {
    write("one");
    await using first = await start();
    await using second = await start();
    const made = await post(first.app, "/api/create", { model: "mine", from: "one", stream: false });
    assert.equal(made.status, 404, "a preset is no model of the store");
    await first.app.services.pool.use("one", (loaded) => loaded.generate("x", { maxTokens: 1 }));
    await second.app.services.pool.use("one", (loaded) => loaded.generate("x", { maxTokens: 1 }));
    write("one", "two");
    for (const server of [first, second]) {
      for (let round = 0; (await namesOf(server)) !== "one two"; round++) {
        assert.ok(round < 200, await namesOf(server));
        await delay(50);
      }
    }
  });

  it("each know at once what is made and removed through the other", async () => {
    write("one");
    await new ModelStore(home).create("base", { from: model });
    await using first = await start();
    await using second = await start();
    const template = "{{ .Prompt }}";
    const make = async (limit: number): Promise<void> => {
      const parameters = { num_predict: limit, num_ctx: 128 };
      const body = { model: "mine", from: "base", template, parameters, stream: false };
      const made = await post(first.app, "/api/create", body);
      assert.equal(made.status, 200, await made.text());
    };
    const tokensOf = async ({ app }: ListeningServer): Promise<number> => {
      const options = { temperature: 0, seed: 1 };
      const answer = await ask<{ eval_count: number; done_reason: string }>(app, "/api/generate", {
        model: "mine",
        prompt: "hello",
        stream: false,
        options,
      });
      assert.equal(answer.done_reason, "length");
      return answer.eval_count;
    };
    await make(3);
    assert.match(await namesOf(second), /mine:latest/);
    assert.deepEqual([await tokensOf(first), await tokensOf(second)], [3, 3]);
    // The second has it loaded; what it is now holds for its next request.
    await make(5);
    assert.deepEqual([await tokensOf(second), await tokensOf(first)], [5, 5]);
    const removal = { method: "DELETE", body: JSON.stringify({ model: "mine" }) };
    const removed = await second.app.fetch(new Request("http://localhost/api/delete", removal));
    assert.equal(removed.status, 200, await removed.text());
    await ask(first.app, "/api/generate", { model: "mine", prompt: "hello" }, 404);
    assert.doesNotMatch(await namesOf(first), /mine/);
  });

  it("cannot have one port, and the first goes on", async () => {
    write("one");
    await using first = await start();
    await assert.rejects(start(first.port), hasCode("ADDRESS_UNAVAILABLE", /another program listens there.*port/));
    assert.match(await namesOf(first), /\bone\b/);
  });
});
