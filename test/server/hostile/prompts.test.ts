import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { post, tinyServer } from "../../support/tiny-server.js";

describe("a prompt that can never fit", () => {
  it("is refused without being read to its end, and others have their answers", async () => {
    await using server = await tinyServer();
    const ask = async (prompt: string): Promise<{ readonly status: number; readonly text: string }> => {
      const body = { model: "tiny", prompt, max_tokens: 2, temperature: 0 };
      const response = await post(server, "/v1/completions", body);
      return { status: response.status, text: await response.text() };
    };
    assert.equal((await ask("ab")).status, 200);
    const begun = performance.now();
    const [long, short] = await Promise.all([ask("\u{1f44d}\u{1f3fd}".repeat(2_000_000)), ask("ab")]);
    assert.equal(long.status, 400);
    assert.match(long.text, /context_length_exceeded/);
    assert.equal(short.status, 200);
    // It took half a minute to count its tokens.
    assert.ok(performance.now() - begun < 8000);
  });

  it("is counted where it is only a little too long", async () => {
    await using server = await tinyServer();
    const response = await post(server, "/v1/completions", { model: "tiny", prompt: "ab ".repeat(3000) });
    assert.match(await response.text(), /The prompt has \d+ tokens, \d+ more than/);
  });
});
