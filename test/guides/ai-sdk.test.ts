/** What docs/guides/ai-sdk.md shows. */
import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import { guidePrograms } from "../support/guide-code.js";
import { modelsHome } from "../support/run-module.js";
import { smollm2 } from "../support/smollm2.js";

const found = await smollm2();
const programs = guidePrograms("docs/guides/ai-sdk.md");

// All of them in this process, so that the model is loaded once.
process.env["MULLAMA_HOME"] = modelsHome;

/** What a program that is found by its words prints. */
async function output(words: string): Promise<string> {
  const log = mock.method(console, "log", () => undefined);
  try {
    await import(programWith(words).url);
    return log.mock.calls
      .map((call) => call.arguments.join(" "))
      .join("\n")
      .trim();
  } finally {
    log.mock.restore();
  }
}

function programWith(words: string): (typeof programs)[number] {
  const program = programs.find(({ source }) => source.includes(words));
  assert.ok(program !== undefined, `no program says ${words}`);
  return program;
}

describe("the guide to the AI SDK", { skip: "missing" in found ? found.missing : false }, () => {
  it("answers first", async () => assert.match(await output("Why is the sky blue"), /\w+ \w+/));

  it("loads models as it says", async () => assert.ok((await output("small: {")).split("\n").length >= 2));

  it("streams from a route, to whoever asks", async () => {
    const { POST } = (await import(programWith("POST").url)) as { POST: (request: Request) => Promise<Response> };
    const messages = [{ id: "1", role: "user", parts: [{ type: "text", text: "Hello!" }] }];
    const response = await POST(
      new Request("http://localhost", { method: "POST", body: JSON.stringify({ messages }) }),
    );
    assert.match(response.headers.get("content-type") ?? "", /event-stream/);
    const text = await response.text();
    assert.match(text, /"type":"text-delta"/);
    assert.match(text, /"type":"finish"/);
    assert.doesNotMatch(text, /"type":"error"/);
  });

  it("calls tools", async () => assert.match(await output("inputSchema"), /^Sunny in \w+/));

  it("gives values", async () => assert.match(await output("Output.object"), /^Ann.* 31$/));

  it("embeds", async () => assert.match(await output("embedMany"), /^2 576 \d+$/));

  it("takes options", async () => assert.match(await output("satisfies"), /^(yes|no)$/));

  it("has no program that is not run here", () => assert.equal(programs.length, 7));
});
