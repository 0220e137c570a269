import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { samplingOptionNames } from "../../../src/engine/sampling/sampling-options.js";
import { parseMullamaJson, readMullamaJson, writeMullamaJson } from "../../../src/models/modelfile/index.js";
import { mullamaJsonSchema } from "../../../src/models/modelfile/mullama-json-schema.js";
import { hasCode } from "../../support/has-code.js";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "mullama-json-"));
});
after(async () => {
  await rm(folder, { recursive: true });
});

test("A mullama.json is written and read, with its paths meant from its folder", async () => {
  const path = join(folder, "mullama.json");
  await writeFile(join(folder, "chat.gotmpl"), "{{ .System }}{{ .Prompt }}");
  const defaults = { temperature: 0.3, samplers: ["topK", "temperature"] as const, logitBias: { 5: -1 } };
  await writeMullamaJson(path, {
    from: "smollm2:135m",
    projector: "parts/mmproj.gguf",
    draft: "./draft.gguf",
    speculation: { maxDraft: 6 },
    adapters: ["a.gguf", { path: "/b.gguf", scale: 0.5 }],
    template: { file: "chat.gotmpl" },
    system: "S",
    messages: [{ role: "user", content: "Hi" }],
    defaults,
    requires: "0.1.0",
  });
  assert.ok((await readFile(path, "utf8")).endsWith("}\n"));
  const { definition, references } = await readMullamaJson(path);
  const { template, ...rest } = definition;
  assert.match(template ?? "", /^\{% set/);
  const goTemplate = "{{ .System }}{{ .Prompt }}";
  const messages = [{ role: "user", content: "Hi" }];
  assert.deepEqual(rest, {
    goTemplate,
    system: "S",
    messages,
    defaults,
    speculation: { maxDraft: 6 },
    requires: "0.1.0",
  });
  assert.deepEqual(references, {
    from: "smollm2:135m",
    files: [],
    projector: join(folder, "parts", "mmproj.gguf"),
    draft: join(folder, "draft.gguf"),
    adapters: [{ path: join(folder, "a.gguf") }, { path: "/b.gguf", scale: 0.5 }],
  });
});

test("What is wrong in a mullama.json is named", async () => {
  for (const [text, message] of [
    ["{", /not JSON/],
    ["[]", /expected object/],
    ["{}", /from:/],
    ['{"from":"x","form":1}', /form/],
    ['{"from":"x","defaults":{"temperature":-1}}', /defaults\.temperature: .*>=0/],
    ['{"from":"x","defaults":{"samplers":["topk"]}}', /defaults\.samplers\.0: .*topK/],
    ['{"from":"x","requires":"new"}', /requires: must be a version/],
  ] as const)
    await assert.rejects(parseMullamaJson(text), hasCode("MODELFILE_INVALID", message), text);
  await assert.rejects(readMullamaJson(join(folder, "none.json")), hasCode("MODELFILE_INVALID", /cannot be read/));
  await assert.rejects(
    writeMullamaJson(join(folder, "never.json"), { from: "" }),
    hasCode("MODELFILE_INVALID", /from/),
  );
});

test("Relative paths do not leave the folder", async () => {
  const path = join(folder, "outside.json");
  for (const wrong of [
    { from: "../x.gguf" },
    { from: "a/../../x.gguf" },
    { from: "x", template: { file: "../secret" } },
    { from: "x", adapters: [{ path: ".." }] },
  ]) {
    await writeFile(path, JSON.stringify(wrong));
    await assert.rejects(
      readMullamaJson(path),
      hasCode("MODELFILE_INVALID", /leaves its folder/),
      JSON.stringify(wrong),
    );
  }
});

test("Every sampling option that JSON can say is a default that a mullama.json can give", () => {
  const known = Object.keys(mullamaJsonSchema.shape.defaults.unwrap().shape);
  const never = new Set<string>(["grammar", "logitsProcessors"]);
  for (const name of samplingOptionNames) assert.equal(known.includes(name), !never.has(name), name);
});
