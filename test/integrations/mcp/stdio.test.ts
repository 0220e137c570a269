/** Tools of MCP servers that are processes, called by a model with random weights. */
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { load, type LoadedModel, MullamaError } from "../../../src/index.js";
import { type McpStdioServer, mcpTools } from "../../../src/integrations/mcp/index.js";
import { hasCode } from "../../support/has-code.js";
import { callByModel } from "../../support/mcp-call.js";
import { recordPids } from "../../support/mcp-pids.js";
import { root, runModule } from "../../support/run-module.js";
import { tinyLlama } from "../../support/tiny-models.js";

const program = join(root, "build", "test", "support", "mcp-stdio-server.js");
const server = (...args: string[]): McpStdioServer => ({ command: process.execPath, args: [program, ...args] });

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Waits until processes have ended. */
async function endOf(pids: readonly number[], count: number): Promise<void> {
  assert.equal(pids.length, count);
  for (let tries = 0; tries < 250 && pids.some(isAlive); tries++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(
    pids.map(isAlive),
    pids.map(() => false),
  );
}

describe("tools of an MCP server that is a process", () => {
  let model: LoadedModel;
  before(async () => {
    model = await load(tinyLlama({ contextSize: 8192 }).path, {
      threads: 1,
      contextSize: 8192,
      chatTemplate: "chatml",
    });
  });
  after(() => model.dispose());

  it("are called by the model, which is told what they return", async () => {
    await using mcp = await mcpTools(server());
    assert.equal(mcp.instructions, "Be careful.");
    const known = mcp.list.find(({ name }) => name === "double");
    assert.deepEqual(
      [known?.title, known?.description, known?.annotations, known?.loosened],
      ["Doubler", "Doubles a number", { readOnlyHint: true }, []],
    );
    const { call, text, error } = await callByModel(model, mcp.tools, "double");
    assert.equal(error, undefined);
    assert.deepEqual(JSON.parse(text), { doubled: 2 * (call.arguments as { n: number }).n });
  });

  it("tell of what the model cannot see", async () => {
    await using mcp = await mcpTools(server());
    assert.deepEqual((await callByModel(model, mcp.tools, "kinds")).text.split("\n"), [
      "first",
      "[image of type image/png, 3 bytes, which cannot be shown]",
      "[audio of type audio/wav, 4 bytes, which cannot be shown]",
      "[file:///a.txt]",
      "inside",
      "[resource file:///b.bin of type application/x-b, 1 bytes, which cannot be shown]",
      "[link to c: file:///c.txt, a third]",
      '{"also":true}',
    ]);
    assert.equal((await callByModel(model, mcp.tools, "nothing")).text, "(no output)");
  });

  it("fail with the server's words, and the chat goes on", async () => {
    await using mcp = await mcpTools(server());
    for (const [name, words] of [
      ["refuse", "Error: the number is cursed"],
      ["throw", "Error: it broke"],
    ] as const) {
      const { text, error } = await callByModel(model, mcp.tools, name);
      assert.equal(text, words);
      assert.ok(MullamaError.isInstance(error) && error.code === "TOOL_FAILED");
    }
    assert.equal((await callByModel(model, mcp.tools, "double")).error, undefined);
  });

  it("time out, and the server is told so", async () => {
    await using mcp = await mcpTools(server(), { timeout: 50 });
    const { text, error } = await callByModel(model, mcp.tools, "hang");
    assert.match(text, /^Error: .*hang.* did not answer within 50 ms/);
    assert.ok(hasCode("DEADLINE_EXCEEDED")(error));
  });

  it("say that the server has died, with its last words, until it is started again", async () => {
    await using mcp = await mcpTools(server());
    const crashed = await callByModel(model, mcp.tools, "crash");
    assert.ok(hasCode("MCP_CONNECTION_FAILED")(crashed.error), crashed.text);
    const later = await callByModel(model, mcp.tools, "double");
    assert.ok(hasCode("MCP_CONNECTION_FAILED", /out of luck/)(later.error), later.text);
    await mcp.refresh();
    assert.equal((await callByModel(model, mcp.tools, "double")).error, undefined);
  });

  it("are those that the server has now", async () => {
    let changed = (): void => undefined;
    const change = new Promise<void>((resolve) => (changed = resolve));
    await using mcp = await mcpTools(server(), { onChange: () => changed() });
    const { call } = await callByModel(model, mcp.tools, "grow");
    await change;
    const name = `grown_${(call.arguments as { n: number }).n}`;
    assert.equal((await callByModel(model, mcp.tools, name)).text, "grown");
  });

  it("are of several servers, some of them left out", async () => {
    await using mcp = await mcpTools({
      mcpServers: {
        one: { ...server(), allow: ["double", "folder"], cwd: tmpdir() },
        "two of them": { ...server(), deny: ["crash", "hang"] },
        off: { command: "there is no such program", disabled: true },
      },
    });
    const names = Object.keys(mcp.tools);
    assert.deepEqual(
      names.filter((name) => name.startsWith("one")),
      ["one_double", "one_folder"],
    );
    assert.ok(names.includes("two_of_them_refuse") && !names.includes("two_of_them_crash"));
    assert.equal((await callByModel(model, mcp.tools, "one_folder")).text, realpathSync(tmpdir()));
  });

  it("see nothing of the environment but what they are given", async () => {
    process.env["SECRET_OF_MINE"] = "x";
    await using mcp = await mcpTools({ ...server(), env: { GIVEN: "1" } });
    const names = (await callByModel(model, mcp.tools, "environment")).text.split(" ");
    assert.ok(names.includes("GIVEN") && names.includes("PATH"));
    assert.ok(!names.includes("SECRET_OF_MINE"));
  });

  it("come from a server of the newest revision as well", async () => {
    await using mcp = await mcpTools({ ...server("modern"), allow: ["double"] });
    assert.equal((await callByModel(model, mcp.tools, "double")).error, undefined);
  });
});

describe("a process of an MCP server", () => {
  it("that cannot be started is an error with what it wrote", async () => {
    await assert.rejects(mcpTools(server("broken")), hasCode("MCP_CONNECTION_FAILED", /no configuration/));
    await assert.rejects(mcpTools({ command: "no-such-program-here" }), hasCode("MCP_CONNECTION_FAILED", /PATH/));
    await assert.rejects(
      mcpTools({ mcpServers: { good: server(), bad: server("broken") } }),
      hasCode("MCP_CONNECTION_FAILED", /"bad"/),
    );
  });

  it("that never answers is given up, and ended", async () => {
    const pids = recordPids();
    await assert.rejects(mcpTools(server("silent"), { connectTimeout: 300 }), hasCode("DEADLINE_EXCEEDED", /300 ms/));
    await assert.rejects(mcpTools(server("silent"), { signal: AbortSignal.timeout(300) }), { code: "ABORTED" });
    await endOf(pids, 2);
  });

  it("is ended by dispose(), even if it does not want to", async () => {
    const pids = recordPids();
    await (await mcpTools(server("stubborn"))).dispose();
    await endOf(pids, 1);
  });

  it("ends with this one, even if nobody ends it", async () => {
    const { stdout } = await runModule(join(root, "build", "test", "support", "mcp-abandon.js"));
    await endOf(stdout.trim().split(" ").map(Number), 1);
  });

  it("is not started without the package for it, which is named", async () => {
    const { stdout, stderr } = await runModule(join(root, "build", "test", "support", "mcp-missing.js"));
    assert.match(stdout, /^UNSUPPORTED .*npm install @modelcontextprotocol\/client/, stderr);
  });

  it("is refused where it is described wrongly", async () => {
    for (const wrong of [
      { command: "" },
      { command: "x", args: "y" },
      { command: "x", env: { A: 1 } },
      { url: "ftp://x" },
      { url: "http://x", type: "ws" },
      { mcpServers: 3 },
      {},
      null,
    ])
      await assert.rejects(mcpTools(wrong as never), { code: "ARGUMENT_INVALID" }, JSON.stringify(wrong));
    await assert.rejects(mcpTools({ ...server(), allow: ["doubel"] }), hasCode("ARGUMENT_INVALID", /"double"/));
    await assert.rejects(mcpTools(server(), { timeout: 0 }), { code: "ARGUMENT_INVALID" });
  });
});
