/** A chat with a model of this process, in a pseudo-terminal. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ggufValue } from "../../src/gguf/index.js";
import { PseudoTerminal } from "../support/pseudo-terminal.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { thinkingTemplate } from "../support/thinking-server.js";
import { tinyLlama } from "../support/tiny-models.js";

const metadata = { "tokenizer.chat_template": ggufValue.string(thinkingTemplate) };
const { path } = tinyLlama({ contextSize: 4096, metadata });
const env = { MULLAMA_HOME: temporaryFolder(), MULLAMA_HOST: "", NO_COLOR: "1" };

function open(args: readonly string[], columns?: number): PseudoTerminal {
  const all = ["run", path, "--threads", "1", "--seed", "3", "-n", "12", ...args];
  return new PseudoTerminal(all, { env, ...(columns === undefined ? {} : { columns }) });
}

async function leave(chat: PseudoTerminal): Promise<void> {
  chat.line("/bye");
  assert.equal(await chat.ended(), 0, chat.text);
}

describe("a chat in this process", () => {
  it("limits thoughts, and hides them", async () => {
    using chat = open(["--think-budget", "4", "--verbose"]);
    await chat.sees(/>>> /);
    chat.line("hello");
    const shown = await chat.sees(/prompt \d+ tokens[^]*>>> /);
    chat.line("/set");
    await chat.sees(/think +4 tokens at most/);
    chat.line("/set think hide");
    await chat.sees(/Set\./);
    chat.line("/regenerate");
    const hidden = await chat.sees(/prompt \d+ tokens, \d+ of them known[^]*>>> /);
    assert.ok(hidden.length < shown.length + 30, hidden);
    chat.line("/set think off");
    await chat.sees(/Set\./);
    chat.line("/set think maybe");
    await chat.sees(/think must be on, off, hide, or a number of tokens/);
    await leave(chat);
  });

  it("holds answers to a form, and tells what cannot be set any more", async () => {
    using chat = open(["--no-think"]);
    await chat.sees(/>>> /);
    chat.line('/set format { "enum": ["red", "blue"] }');
    await chat.sees(/Set\./);
    chat.line("hello");
    await chat.sees(/"(red|blue)"\n\n>>> /);
    chat.line("/set parameter num_ctx 512");
    await chat.sees(/num_ctx is for loading the model[^]*mullama run --ctx/);
    chat.line("/set parameter tfs_z 1");
    await chat.sees(/no longer has tail-free sampling[^]*Set\./);
    chat.line("/set parmeter x 1");
    await chat.sees(/Did you mean parameter\?/);
    chat.line("/set temperature 0");
    await chat.sees(/Did you mean \/set parameter temperature 0\?/);
    await leave(chat);
  });

  it("puts what was said last on the line again, to be changed", async () => {
    using chat = open(["--no-think"]);
    await chat.sees(/>>> /);
    chat.line("hello there");
    await chat.sees(/\n\n>>> /);
    chat.line("/edit");
    await chat.sees(/>>> hello there/);
    chat.line(" again");
    await chat.sees(/\n\n>>> /);
    chat.line("/show messages");
    const shown = await chat.sees(/user: hello there again\nassistant: [^]*>>> /);
    assert.equal(shown.match(/user: /g)?.length, 1);
    await leave(chat);
  });

  it("puts several lines there as several, as long as they fit the screen", async () => {
    using chat = open(["--no-think"]);
    await chat.sees(/>>> /);
    chat.line('"""one');
    await chat.sees(/\.\.\. /);
    chat.line('/two"""');
    await chat.sees(/\n\n>>> /);
    chat.line("/edit");
    await chat.sees(/>>> one\n\/two/);
    chat.line(" three");
    await chat.sees(/\n\n>>> /);
    chat.line("/show messages");
    const shown = await chat.sees(/user: one\n\/two three\nassistant: [^]*>>> /);
    assert.equal(shown.match(/user: /g)?.length, 1);
    chat.keys(`\u001B[200~${"again\r".repeat(40)}\u001B[201~\r`);
    await chat.sees(/again\n[^]*\n\n>>> /);
    chat.line("/edit");
    await chat.sees(/longer than the screen[^]*>>> /);
    chat.line("/undo");
    await chat.sees(/Taken back: again/);
    await leave(chat);
  });

  it("keeps what the model remembers of a chat beside it", async () => {
    const long = "a river flows to the sea ".repeat(20);
    using first = open(["--no-think"]);
    await first.sees(/>>> /);
    first.line("/save");
    await first.sees(/needs a NAME/);
    first.line(long);
    await first.sees(/\n\n>>> /);
    first.line("/save rivers");
    await first.sees(/Saved\./);
    await leave(first);
    using second = open(["--no-think", "--verbose"]);
    await second.sees(/>>> /);
    second.line("/load rivers");
    await second.sees(/2 messages/);
    second.line("go on");
    const [, tokens, known] =
      /prompt (\d+) tokens, (\d+) of them known/.exec(await second.sees(/prompt [^]*>>> /)) ?? [];
    assert.ok(Number(known) > Number(tokens) * 0.8, `${known} of ${tokens}`);
    await leave(second);
    // Of another model it is of no use, and does no harm.
    writeFileSync(join(env.MULLAMA_HOME, "chats", "rivers.state"), "damaged");
    using third = open(["--no-think", "--verbose"]);
    await third.sees(/>>> /);
    third.line("/load rivers");
    await third.sees(/2 messages/);
    third.line("go on");
    await third.sees(/prompt \d+ tokens, \d/);
    await leave(third);
  });

  it("takes pasted lines as one message", async () => {
    using chat = open(["--no-think"]);
    await chat.sees(/>>> /);
    chat.keys("\u001B[200~one:\r\ttwo\r\tthree\u001B[201~");
    await chat.sees(/\.\.\. \tthree/);
    chat.keys("\r");
    await chat.sees(/\n\n>>> /);
    chat.line("/show messages");
    await chat.sees(/user: one:\n {4}two\n {4}three\nassistant/);
    await leave(chat);
  });

  it("loses nothing of what is typed ahead", async () => {
    using chat = open(["--no-think"]);
    await chat.sees(/>>> /);
    chat.keys('/show messages\r/set verbose on\rhello\r"""one\rtwo"""\r/show messages\r/bye\r');
    assert.equal(await chat.ended(), 0, chat.text);
    assert.match(
      chat.text,
      /Nothing was said yet\.\n[^]*Set\.\n[^]*user: hello\nassistant: [^]*user: one\ntwo\nassistant: /,
    );
  });

  it("ends when it is asked to", { timeout: 30_000 }, async () => {
    const chat = open([]);
    await chat.sees(/>>> /);
    chat[Symbol.dispose]();
    assert.equal(await chat.ended(), 143);
    // Pasted text comes without marks again.
    assert.ok(chat.written.lastIndexOf("\u001B[?2004l") > chat.written.indexOf("\u001B[?2004h"), chat.written);
  });

  it("lays its help out for a narrow terminal", async () => {
    using chat = open([], 40);
    await chat.sees(/>>> /);
    chat.line("/help");
    const help = await chat.sees(/\/bye\n {4}leave[^]*>>> /);
    for (const line of help.split("\n")) assert.ok(line.length < 40, line);
    await leave(chat);
  });
});
