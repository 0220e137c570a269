// What goes over the wire, object by object; what differs from run to run is replaced by its kind.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ModelStore } from "../../../src/models/index.js";
import type { MullamaServer } from "../../../src/server/index.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { tinyLlama } from "../../support/tiny-models.js";
import { post, tinyServer } from "../../support/tiny-server.js";

const home = temporaryFolder();
let server: MullamaServer;
before(async () => (server = await tinyServer({ store: true, load: { home } })));
after(() => server.dispose());

const times = ["total_duration", "load_duration", "prompt_eval_duration", "eval_duration"];
const options = { num_predict: 2, temperature: 0 };
const messages = [{ role: "user", content: "hello" }];

/** Asks, and gives the type of the answer's body and its objects. */
async function objectsOf(path: string, body: object): Promise<{ type: string; objects: unknown[] }> {
  const response = await post(server, path, { model: "tiny", ...body });
  const type = response.headers.get("content-type") ?? "";
  const lines = (await response.text()).split("\n");
  if (type === "application/x-ndjson") assert.equal(lines.pop(), "");
  return { type, objects: lines.map((line) => JSON.parse(line, kindOf) as unknown) };
}

/** A value, or its kind where it is of the run or of the model. */
function kindOf(key: string, value: unknown): unknown {
  if (key === "created_at" && typeof value === "string") return Number.isNaN(Date.parse(value)) ? value : "date";
  if (times.includes(key)) return Number.isInteger(value) && Number(value) >= 0 ? "ns" : value;
  if (["response", "content", "token"].includes(key) && typeof value === "string") return value === "" ? "" : "text";
  if (key === "logprob" && typeof value === "number") return value <= 0 ? "logprob" : value;
  return key === "bytes" && Array.isArray(value) ? "bytes" : value;
}

const said = { model: "tiny", created_at: "date" };
const ended = {
  done: true,
  done_reason: "length",
  total_duration: "ns",
  load_duration: "ns",
  prompt_eval_duration: "ns",
  eval_duration: "ns",
  eval_count: 2,
};

describe("the lines of an answer", () => {
  it("of a prompt: texts, then the end with the context", async () => {
    const { type, objects } = await objectsOf("/api/generate", { prompt: "hello", options });
    assert.equal(type, "application/x-ndjson");
    const { context, prompt_eval_count: count } = objects.at(-1) as { context: number[]; prompt_eval_count: number };
    assert.equal(context.length, count + 2);
    const last = { ...said, response: "", ...ended, context, prompt_eval_count: count };
    assert.deepEqual(objects.at(-1), last);
    assert.ok(objects.length > 1);
    for (const object of objects.slice(0, -1)) assert.deepEqual(object, { ...said, response: "text", done: false });
    const whole = await objectsOf("/api/generate", { prompt: "hello", stream: false, options });
    assert.match(whole.type, /^application\/json/);
    assert.deepEqual(whole.objects, [{ ...last, response: "text" }]);
  });

  it("of a conversation: messages, then the end, with log-probabilities", async () => {
    const { objects } = await objectsOf("/api/chat", { messages, options, logprobs: true, top_logprobs: 1 });
    const { prompt_eval_count: count } = objects.at(-1) as { prompt_eval_count: number };
    const message = { role: "assistant", content: "" };
    assert.deepEqual(objects.at(-1), { ...said, message, ...ended, prompt_eval_count: count });
    const token = { token: "text", logprob: "logprob", bytes: "bytes" };
    const tokens = objects.slice(0, -1).flatMap((object) => {
      const { logprobs, ...rest } = object as { logprobs: unknown[] };
      assert.deepEqual(rest, { ...said, message: { ...message, content: "text" }, done: false });
      return logprobs;
    });
    assert.deepEqual(
      tokens,
      [1, 2].fill(0).map(() => ({ ...token, top_logprobs: [token] })),
    );
  });

  it("of what only loads and unloads: one object", async () => {
    const empty = { response: "", done: true };
    const load = await objectsOf("/api/generate", { prompt: "" });
    assert.deepEqual(load.objects, [{ ...said, ...empty, done_reason: "load" }]);
    const unload = await objectsOf("/api/generate", { keep_alive: "0s" });
    assert.deepEqual(unload.objects, [{ ...said, ...empty, done_reason: "unload" }]);
    const chat = await objectsOf("/api/chat", {});
    const message = { role: "assistant", content: "" };
    assert.deepEqual(chat.objects, [{ ...said, message, done: true, done_reason: "load" }]);
  });

  it("of what fails: one with the error, also when something was said before", async () => {
    const long = { messages: [{ role: "user", content: "hello ".repeat(2000) }] };
    const refused = await objectsOf("/api/chat", long);
    assert.match(refused.type, /^application\/json/);
    assert.deepEqual(Object.keys(refused.objects[0] as object), ["error"]);
    // The context gets full in the middle of the answer, and this model's answers may not end so.
    const defaults = { overflow: "error" as const, contextSize: 64 };
    await new ModelStore(home).create("short", { from: tinyLlama().path, definition: { defaults } });
    const broken = await objectsOf("/api/generate", { model: "short", prompt: "hello", raw: true });
    assert.equal(broken.type, "application/x-ndjson");
    assert.deepEqual(broken.objects[0], { ...said, model: "short", response: "text", done: false });
    assert.deepEqual(Object.keys(broken.objects.at(-1) as object), ["error"]);
  });
});
