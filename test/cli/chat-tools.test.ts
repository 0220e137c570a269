/** Tools of MCP servers in a chat that a service answers: the service asks for calls, the command does them. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "node:test";
import { runCli } from "../support/cli-run.js";
import { PseudoTerminal } from "../support/pseudo-terminal.js";
import { temporaryFolder } from "../support/temporary-folder.js";

interface Asked {
  readonly messages: readonly { readonly role: string; readonly content: string; readonly tool_name?: string }[];
  readonly stream?: boolean;
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

const folder = temporaryFolder();
const mcp = join(folder, "mcp.json");
const server = fileURLToPath(new URL("../support/mcp-stdio-server.js", import.meta.url));
writeFileSync(
  mcp,
  JSON.stringify({ mcpServers: { t: { command: process.execPath, args: [server], allow: ["double", "refuse"] } } }),
);

describe("a chat with tools, through a service", () => {
  const asked: Asked[] = [];
  let service: Server;
  let env: Record<string, string>;

  /** Ollama's protocol: calls the tool that is named, and says what came of it. */
  function answer(question: Partial<Asked>): string {
    const { messages, stream = true } = question;
    if (messages === undefined || !stream) return '{"version":"0"}';
    asked.push({ ...question, messages });
    const { role, content = "" } = messages.at(-1) ?? {};
    const call = { function: { name: content, arguments: { n: 4 } } };
    const said = role === "tool" ? { content: `It says ${content}` } : { content: "", tool_calls: [call] };
    const message = { role: "assistant", ...said };
    return `${JSON.stringify({ message, done: false })}\n${JSON.stringify({ done: true })}\n`;
  }

  before(async () => {
    service = createServer((request, response) => {
      void text(request).then((body) => response.end(answer((body === "" ? {} : JSON.parse(body)) as Asked)));
    });
    await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
    const { port } = service.address() as AddressInfo;
    env = { MULLAMA_HOME: folder, MULLAMA_HOST: `127.0.0.1:${port}`, NO_COLOR: "1" };
  });
  after(() => service.close());

  it("has them called, and tells the model what they say", async () => {
    using chat = new PseudoTerminal(["run", "any", "--mcp", mcp], { env });
    await chat.sees(/any listens\. It has 2 tools\./);
    chat.line("/tools");
    await chat.sees(/t_double\n[^]*>>> /);
    chat.line("t_double");
    await chat.sees(/▸ t_double\({"n":4}\) → {"doubled":8}\n[^]*It says {"doubled":8}/);
    const [first, second] = asked;
    assert.deepEqual(first?.tools?.map((tool) => tool.function.name).toSorted(), ["t_double", "t_refuse"]);
    assert.deepEqual(
      second?.messages.map(({ role }) => role),
      ["user", "assistant", "tool"],
    );
    assert.equal(second?.messages.at(-1)?.tool_name, "t_double");
    chat.line("t_refuse");
    await chat.sees(/It says Error: [^]*cursed[^]*>>> /);
    chat.line("t_none");
    await chat.sees(/It says Error: There is no tool "t_none"/);
    chat.line("/bye");
    assert.equal(await chat.ended(), 0, chat.text);
  });

  it("says what is wrong with the file, and that a prompt alone has no tools", async () => {
    const bad = join(folder, "bad.json");
    writeFileSync(bad, "{ mcpServers");
    const damaged = new PseudoTerminal(["run", "any", "--mcp", bad], { env });
    assert.equal(await damaged.ended(), 2);
    assert.match(damaged.text, /--mcp must be a file with JSON/);
    const { code, stderr } = await runCli(["run", "any", "--mcp", mcp, "hello"], { env });
    assert.equal(code, 1);
    assert.match(stderr, /--mcp gives tools to chats/);
  });
});
