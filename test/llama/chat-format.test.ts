import assert from "node:assert/strict";
import { test } from "node:test";
import { ggufValue } from "../../src/gguf/index.js";
import { chatFormats, formatChat } from "../../src/llama/chat-format.js";
import { Model } from "../../src/llama/model.js";
import { hasCode } from "../support/has-code.js";
import { tinyLlama } from "../support/tiny-models.js";

const messages = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Grüß dich 👋" },
];
const CHATML = "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nGrüß dich 👋<|im_end|>\n";

test("the built-in formats are named, and each formats", () => {
  const names = chatFormats();
  assert.ok(names.length > 30 && names.includes("chatml") && names.includes("llama3"));
  for (const name of names) {
    const text = formatChat(name, [{ role: "user", content: "Grüß dich 👋" }]);
    assert.ok(text.includes("Grüß dich 👋"), name);
  }
});

test("chatml is as its inventors write it, with and without the assistant's beginning", () => {
  assert.equal(formatChat("chatml", messages), `${CHATML}<|im_start|>assistant\n`);
  assert.equal(formatChat("chatml", messages, false), CHATML);
  assert.equal(formatChat("chatml", [], false), "");
});

test("a format is recognised in a Jinja template", () => {
  const template = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>{% endfor %}";
  assert.equal(formatChat(template, messages, false), CHATML);
});

test("a text longer than any buffer comes whole", () => {
  const content = "👋".repeat(20_000);
  assert.equal(formatChat("chatml", [{ role: "user", content }], false), `<|im_start|>user\n${content}<|im_end|>\n`);
});

test("an unknown template, and messages that are none, are refused", () => {
  assert.throws(() => formatChat("{{ nothing known }}", messages), hasCode("TEMPLATE_FAILED"));
  assert.throws(() => formatChat("", messages), hasCode("TEMPLATE_FAILED"));
  for (const wrong of [
    undefined,
    null,
    "x",
    [null],
    ["x"],
    [{}],
    [{ role: "user" }],
    [{ role: 1, content: "x" }],
    [{ role: "a\0", content: "" }],
  ]) {
    assert.throws(() => formatChat("chatml", wrong as never), hasCode("ARGUMENT_INVALID"), JSON.stringify(wrong));
  }
  assert.throws(() => formatChat(1 as never, messages), hasCode("ARGUMENT_INVALID"));
  assert.throws(() => formatChat("chatml", messages, 1 as never), hasCode("ARGUMENT_INVALID"));
  assert.equal(formatChat("chatml", messages, false), CHATML);
});

test("a model's own template formats", () => {
  const metadata = { "tokenizer.chat_template": ggufValue.string("{{'<|im_start|>'}}") };
  using model = Model.load(tinyLlama({ metadata }).path);
  assert.equal(formatChat(model.chatTemplate() ?? "", messages, false), CHATML);
});
