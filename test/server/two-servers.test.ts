// Two servers over one store and one file of presets.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type ListeningServer, serve } from "../../src/server/index.js";
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

  it("cannot have one port, and the first goes on", async () => {
    write("one");
    await using first = await start();
    await assert.rejects(start(first.port), hasCode("ADDRESS_UNAVAILABLE", /another program listens there.*port/));
    assert.equal(await namesOf(first), "one");
  });
});
