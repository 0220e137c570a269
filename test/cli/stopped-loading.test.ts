/** Ctrl-C while the model of a chat is being loaded, also in the last moment. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { LocalTalker } from "../../src/cli/commands/run/chat/local-talker.js";
import type { LoadedModel } from "../../src/mullama.js";
import { PseudoTerminal } from "../support/pseudo-terminal.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const settings = { system: undefined, parameters: {}, think: undefined, format: undefined };

describe("a chat whose loading is stopped", () => {
  it("does not begin, where the model is there already", async () => {
    const talker = new LocalTalker({} as LoadedModel, { tools: {}, dispose: () => Promise.resolve() });
    await talker.prepare(settings, new AbortController().signal);
    await assert.rejects(talker.prepare(settings, AbortSignal.abort()), { name: "AbortError" });
  });

  it("ends at once, where a service loads", async () => {
    // It never answers.
    await using server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const asked = once(server, "request");
    const env = { MULLAMA_HOME: temporaryFolder(), MULLAMA_HOST: `127.0.0.1:${port}`, NO_COLOR: "1" };
    using chat = new PseudoTerminal(["run", "far"], { env });
    await chat.sees(/Loading far …/);
    await asked;
    chat.keys("\u0003");
    assert.equal(await chat.ended(), 130, chat.text);
    assert.doesNotMatch(chat.text, /error|listens/);
    server.closeAllConnections();
  });
});
