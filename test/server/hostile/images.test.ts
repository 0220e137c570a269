// Images, which models here do not read: each dialect says so, and none is decoded, or held in memory where it is too large.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { type ListeningServer, serve } from "../../../src/server/index.js";
import { ServedProcess } from "../../support/served-process.js";
import { residentBytes } from "../../support/processes.js";
import { tinyLlama } from "../../support/tiny-models.js";
import { chatTemplate } from "../../support/tiny-server.js";

const MIB = 2 ** 20;
const said = { type: "text", text: "What is this?" };

interface Asking {
  readonly path: string;
  /** @param data base64 */
  readonly body: (data: string, count: number) => object;
  /** What its refusal names. */
  readonly param: RegExp;
}

const repeated = <Item>(item: Item, count: number): Item[] => Array.from({ length: count }, () => item);

const dialects: readonly Asking[] = [
  {
    path: "/v1/chat/completions",
    body: (data, count) => {
      const image = { type: "image_url", image_url: { url: `data:image/png;base64,${data}` } };
      return { messages: [{ role: "user", content: [said, ...repeated(image, count)] }] };
    },
    param: /messages\.0\.content\.1/,
  },
  {
    path: "/v1/responses",
    body: (data, count) => {
      const image = { type: "input_image", image_url: `data:image/png;base64,${data}` };
      const text = { type: "input_text", text: said.text };
      return { input: [{ role: "user", content: [text, ...repeated(image, count)] }] };
    },
    param: /input\.0\.content\.1/,
  },
  {
    path: "/v1/messages",
    body: (data, count) => {
      const image = { type: "image", source: { type: "base64", media_type: "image/png", data } };
      return { max_tokens: 4, messages: [{ role: "user", content: [said, ...repeated(image, count)] }] };
    },
    param: /messages\.0\.content\.1/,
  },
  {
    path: "/api/chat",
    body: (data, count) => ({ messages: [{ role: "user", content: said.text, images: repeated(data, count) }] }),
    param: /messages\.0\.images/,
  },
  {
    path: "/api/generate",
    body: (data, count) => ({ prompt: said.text, images: repeated(data, count) }),
    param: /images/,
  },
  {
    path: "/completion",
    body: (data, count) => ({ prompt: { prompt_string: said.text, multimodal_data: repeated(data, count) } }),
    param: /prompt/,
  },
];

/** Base64 of something that is no image: whoever decodes it finds nothing. */
function base64Of(bytes: number): string {
  return createHash("sha256")
    .update("no image")
    .digest("base64url")
    .repeat(Math.ceil(bytes / 43));
}

describe("images", () => {
  let server: ListeningServer;
  before(async () => {
    const models = { tiny: { model: tinyLlama().path, contextSize: 512, threads: 1, chatTemplate } };
    server = await serve({ port: 0, store: false, host: "inline", checkAnswers: true, models });
  });
  after(() => server.close());

  const ask = async (path: string, body: object): Promise<{ readonly status: number; readonly text: string }> => {
    const response = await fetch(`${server.url}${path}`, { method: "POST", body: JSON.stringify(body) });
    return { status: response.status, text: await response.text() };
  };

  for (const { path, body, param } of dialects) {
    it(`are refused by ${path}, however many and large, and not sent back`, async () => {
      const shapes = [body(base64Of(100), 1), body(base64Of(100), 10_000), body(base64Of(20 * MIB), 1)];
      for (const shape of shapes) {
        const { status, text } = await ask(path, { model: "tiny", ...shape });
        assert.equal(status, 400, text.slice(0, 500));
        assert.match(text, /text only|without media/);
        assert.match(text, param);
        assert.ok(text.length < 1000, `${text.length} characters`);
      }
    });
  }

  it("that make a body too long are refused by its length alone", async () => {
    for (const { path, body } of dialects) {
      const { status, text } = await ask(path, { model: "tiny", ...body(base64Of(40 * MIB), 1) });
      assert.equal(status, 413, path);
      assert.match(text, /longer than 33554432 bytes/);
    }
  });

  it("of a hundred megabytes do not get into memory", async () => {
    const served = await ServedProcess.start({ tiny: { model: tinyLlama().path } });
    try {
      const idle = await residentBytes(served.pid);
      let most = 0;
      const attack = async (): Promise<number> => {
        let sent = 0;
        const endless = new ReadableStream<Uint8Array>({
          pull: async (controller) => {
            if (sent === 0)
              controller.enqueue(new TextEncoder().encode('{"messages":[{"role":"user","content":"data:,'));
            if (sent > 100 * MIB) return controller.close();
            sent += MIB;
            controller.enqueue(new Uint8Array(MIB).fill(65));
            most = Math.max(most, await residentBytes(served.pid));
          },
        });
        const init = { method: "POST", body: endless, duplex: "half" } as const;
        // Whether the refusal is heard while something is still being sent, the system decides.
        const status = await fetch(`${served.url}/v1/chat/completions`, init).then(
          (response) => response.status,
          () => 413,
        );
        assert.equal(status, 413);
        return sent;
      };
      const sent = await Promise.all([attack(), attack()]);
      for (const bytes of sent) assert.ok(bytes < 100 * MIB, `${bytes} bytes were taken`);
      assert.ok(most - idle < 200 * MIB, `${most - idle} bytes more`);
      assert.equal((await fetch(`${served.url}/health`)).status, 200);
    } finally {
      await served.end();
    }
  });
});
