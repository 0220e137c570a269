import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { MullamaServer } from "../../../src/server/index.js";
import { ask, look } from "../../support/ask-server.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { tinyLlama, tinyLora } from "../../support/tiny-models.js";
import { tinyServer } from "../../support/tiny-server.js";

interface Slot {
  readonly id: number;
  readonly is_processing: boolean;
  readonly n_tokens: number;
  readonly next_token: { readonly n_decoded: number };
}

interface Completion {
  readonly content: string;
  readonly id_slot: number;
  readonly tokens_cached: number;
  readonly tokens_evaluated: number;
}

const prompt = "hello world ".repeat(8);

describe("llama-server's slots and adapters", () => {
  let server: MullamaServer;
  const folder = temporaryFolder();
  const model = tinyLlama();
  const path = tinyLora(model);
  before(async () => {
    const tiny = { model: model.path, contextSize: 512, parallel: 2, loraAdapters: [{ path, scale: 8 }] };
    server = await tinyServer({ slotSavePath: folder, models: { tiny } });
  });
  after(() => server.dispose());

  const complete = (body: object): Promise<Completion> =>
    ask(server, "/completion", { prompt, n_predict: 4, temperature: 0, ...body });

  it("tells what was worked on under each number", async () => {
    assert.equal((await complete({ id_slot: 1 })).id_slot, 1);
    const slots = await look<Slot[]>(server, "/slots");
    assert.deepEqual(
      slots.map(({ id, is_processing }) => [id, is_processing]),
      [
        [0, false],
        [1, false],
      ],
    );
    assert.equal(slots[0]?.n_tokens, 0);
    assert.ok((slots[1]?.n_tokens ?? 0) > 4);
    assert.equal(slots[1]?.next_token.n_decoded, 4);
    // The one that has most of the prompt.
    assert.equal((await complete({})).id_slot, 1);
    assert.equal((await complete({ prompt: "a text that is not alike at all" })).id_slot, 0);
  });

  it("saves what was computed, and goes on from it in another server", async () => {
    const { tokens_evaluated: length } = await complete({ id_slot: 0 });
    const body = { filename: "one.bin" };
    const saved = await ask<{ n_saved: number; n_written: number }>(server, "/slots/0?action=save", body);
    assert.equal(saved.n_saved, length + 4);
    assert.deepEqual(readdirSync(folder), ["one.bin"]);
    const tiny = { model: model.path, contextSize: 512, loraAdapters: [{ path, scale: 8 }] };
    await using other = await tinyServer({ slotSavePath: folder, models: { tiny } });
    const restored = await ask<{ n_restored: number; n_read: number }>(other, "/slots/1?action=restore", body);
    assert.deepEqual([restored.n_restored, restored.n_read], [saved.n_saved, saved.n_written]);
    const erased = await ask<{ n_erased: number }>(other, "/slots/1?action=erase", {});
    assert.equal(erased.n_erased, saved.n_saved);
    assert.equal((await look<Slot[]>(other, "/slots"))[1]?.n_tokens, 0);
  });

  it("keeps to its folder, and to files that it has written", async () => {
    for (const filename of ["../x", "a/b", "/etc/passwd", ".hidden", "", "a\0b", "C:x", "nul", "x.", "..", "a\\b"])
      for (const action of ["save", "restore"]) await ask(server, `/slots/0?action=${action}`, { filename }, 400);
    await ask(server, "/slots/0?action=restore", { filename: "missing" }, 404);
    writeFileSync(join(folder, "wrong.bin"), "nothing of ours");
    await ask(server, "/slots/0?action=restore", { filename: "wrong.bin" }, 400);
    await ask(server, "/slots/9?action=erase", {}, 404);
    await ask(server, "/slots/x?action=erase", {}, 404);
    await ask(server, "/slots/0?action=burn", {}, 400);
    await using unsaved = await tinyServer();
    await ask(unsaved, "/slots/0?action=save", { filename: "a" }, 501);
  });

  it("changes how strongly adapters work", async () => {
    const adapters = (scale: number): object[] => [{ id: 0, path, scale }];
    assert.deepEqual(await look(server, "/lora-adapters"), adapters(8));
    const strong = await complete({});
    assert.deepEqual(await ask(server, "/lora-adapters", []), { success: true });
    assert.deepEqual(await look(server, "/lora-adapters"), adapters(0));
    const none = await complete({});
    assert.notEqual(none.content, strong.content);
    assert.equal((await complete({ lora: [] })).content, none.content);
    await ask(server, "/lora-adapters", [{ id: 0, scale: 8 }]);
    assert.equal((await complete({})).content, strong.content);
    await ask(server, "/lora-adapters", [{ id: 3, scale: 1 }], 400);
  });
});
