/** From an empty home: what a new user does on the first day, in a real terminal. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { FakeHub } from "../support/http-hub.js";
import { PseudoTerminal } from "../support/pseudo-terminal.js";
import { tinyLlama } from "../support/tiny-models.js";
import { chatTemplate } from "../support/tiny-server.js";
import { ggufValue } from "../../src/gguf/index.js";

const NAME = "hf:org/repo:tiny.gguf";
const { path: model } = tinyLlama({
  contextSize: 4096,
  metadata: { "tokenizer.chat_template": ggufValue.string(chatTemplate) },
});

describe("the first day", () => {
  const home = mkdtempSync(join(tmpdir(), "mullama-first-day-"));
  let hub: FakeHub;
  const terminal = (args: readonly string[], columns?: number): PseudoTerminal =>
    new PseudoTerminal(args, {
      ...(columns === undefined ? {} : { columns }),
      env: { MULLAMA_HOME: home, MULLAMA_HOST: "", HF_HOME: join(home, "hf"), HF_ENDPOINT: hub.url, NO_COLOR: "1" },
    });
  const run = async (...args: readonly string[]): Promise<string> => {
    const shown = terminal(args);
    assert.equal(await shown.ended(), 0, shown.text);
    return shown.text;
  };

  before(async () => {
    hub = await FakeHub.start();
    hub.files.set("/org/repo/resolve/main/tiny.gguf", readFileSync(model));
    writeFileSync(
      join(home, "Modelfile"),
      `FROM ${NAME}\nSYSTEM You are a pirate.\nPARAMETER num_thread 1\nPARAMETER num_predict 12\n`,
    );
  });
  after(async () => {
    await run("stop", "--all");
    for (let tries = 0; tries < 100 && existsSync(join(home, "service.json")); tries++) await delay(50);
    await hub[Symbol.asyncDispose]();
    rmSync(home, { recursive: true, force: true });
  });

  it("pulls a model", async () => {
    assert.match(await run("pull", NAME), /is here now/);
    assert.match(await run("pull", NAME), /is here already/);
  });

  it("makes one of one's own of it", async () => {
    assert.match(await run("create", "pirate", "-f", home), /pirate:latest is made/);
    assert.match(await run("list"), /pirate:latest/);
  });

  it("has it answer once", async () => {
    assert.ok((await run("run", "pirate", "hello")).trim().length > 0);
  });

  it("talks to it: several lines, settings, an answer that is stopped, a chat that is kept", async () => {
    using chat = terminal(["run", "pirate"]);
    await chat.sees(/pirate:latest listens\.[^]*>>> /);
    chat.line("hello");
    await chat.sees(/\n[^]+\n\n>>> /);
    chat.line("/st");
    await chat.sees(/Did you mean \/set\?/);
    chat.line("/set verbose on");
    await chat.sees(/Set\./);
    chat.line('"""one');
    await chat.sees(/\.\.\. /);
    chat.line('two"""');
    await chat.sees(/answer \d+ tokens[^]*>>> /);
    chat.line("/show messages");
    await chat.sees(/user: one\ntwo\n/);
    chat.line("/set parameter num_predict 100000");
    await chat.sees(/Set\./);
    chat.line("go on");
    await chat.sees(/go on\n[^]{20}/);
    chat.keys("\u0003");
    await chat.sees(/Stopped\.\n\n>>> /);
    chat.line("/undo");
    await chat.sees(/Taken back: go on/);
    chat.line("/set parameter num_predict 5");
    await chat.sees(/Set\./);
    chat.line("/regenerate");
    await chat.sees(/answer 5 tokens[^]*>>> /);
    chat.line("/save first");
    await chat.sees(/Saved/);
    chat.line("/show");
    await chat.sees(/architecture +llama/);
    chat.keys("\u0004");
    assert.equal(await chat.ended(), 0, chat.text);
    assert.equal(statSync(join(home, "history")).mode & 0o777, 0o600);
  });

  it("goes on with the chat that was kept, in a narrow terminal, and remembers what was typed", async () => {
    using chat = terminal(["run", "pirate"], 40);
    await chat.sees(/>>> /);
    chat.keys("\u001B[A");
    await chat.sees(/\/show/);
    chat.keys("\u0015");
    chat.line("/load first");
    await chat.sees(/4 messages/);
    chat.line("/load frist");
    await chat.sees(/Did you mean first\?/);
    chat.keys("\u0003");
    await chat.sees(/Ctrl-C again/);
    chat.keys("\u0003");
    assert.equal(await chat.ended(), 0);
    assert.match(chat.text, /pirate:latest listens\. \/help lists what\nyou can do, \/bye leaves\.\n/);
  });

  it("sees what is loaded, and takes everything away again", async () => {
    assert.match(await run("ps"), /pirate:latest .*in [45] minutes/);
    assert.match(await run("stop", "pirate"), /is unloaded/);
    assert.match(await run("rm", "pirate", NAME), /is removed/);
    assert.match(await run("list"), /There are no models yet/);
  });

  it("is told what went wrong", async () => {
    const typo = terminal(["rnu", "pirate"]);
    assert.equal(await typo.ended(), 2);
    assert.match(typo.text, /Did you mean run\?/);
    const gone = terminal(["run", "pirate"]);
    assert.equal(await gone.ended(), 3);
    assert.match(gone.text, /There is no model named pirate/);
  });
});
