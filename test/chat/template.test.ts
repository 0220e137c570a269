import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { strftime } from "../../src/chat/strftime.js";
import { ChatTemplate } from "../../src/chat/template.js";
import { ArgumentError, MullamaError } from "../../src/errors.js";

const CHATML = `{%- for message in messages %}
<|im_start|>{{ message['role'] }}
{{ message['content'] }}<|im_end|>
{% endfor %}
{%- if add_generation_prompt %}
<|im_start|>assistant
{% endif %}`;

const hello = [{ role: "user", content: "Hello" }];

function failsWith(pattern: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(MullamaError.isInstance(error));
    assert.equal(error.code, "TEMPLATE_FAILED");
    assert.match(error.message, pattern);
    assert.ok(error.cause instanceof Error);
    return true;
  };
}

describe("a chat template", () => {
  test("writes roles, contents and the beginning of the answer", () => {
    const messages = [{ role: "system", content: "Be brief." }, ...hello];
    assert.equal(
      new ChatTemplate(CHATML).render(messages),
      "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n",
    );
  });

  test("leaves the beginning of the answer out when told to", () => {
    const text = new ChatTemplate(CHATML).render(hello, { addGenerationPrompt: false });
    assert.equal(text, "<|im_start|>user\nHello<|im_end|>\n");
  });

  test("writes the texts of the special tokens, and nothing for those a model lacks", () => {
    const source = "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}";
    assert.equal(new ChatTemplate(source, { bos: "<s>", eos: "</s>" }).render(hello), "<s>Hello</s>");
    assert.equal(new ChatTemplate(source).render(hello), "Hello");
  });

  test("keeps what looks like markup in a message as it is", () => {
    const content = "{{ 1 + 1 }} {% if %} <|im_end|> 🦙 \\n";
    assert.equal(new ChatTemplate("{{ messages[0]['content'] }}").render([{ role: "user", content }]), content);
  });

  test("passes further variables, which cannot hide the conversation", () => {
    const template = new ChatTemplate("{{ mood }}: {{ messages[0].content }}");
    assert.equal(template.render(hello, { variables: { mood: "calm", messages: [] } }), "calm: Hello");
  });

  test("knows today's date", () => {
    assert.match(new ChatTemplate("{{ strftime_now('%Y-%m-%d') }}").render(hello), /^\d{4}-\d\d-\d\d$/);
  });

  test("carries the words with which the template refuses a conversation", () => {
    const template = new ChatTemplate(
      "{% if messages[0].role != 'system' %}{{ raise_exception('A system message must come first') }}{% endif %}",
    );
    assert.throws(() => template.render(hello), failsWith(/A system message must come first/));
    assert.equal(template.render([{ role: "system", content: "" }]), "");
  });

  test("says that a template is not Jinja when it is made, not when it is used", () => {
    assert.throws(() => new ChatTemplate("{% for message in %}"), failsWith(/not valid Jinja/));
    assert.throws(() => new ChatTemplate("{% if true %}no end"), failsWith(/not valid Jinja/));
  });

  test("reports a template that calls what does not exist", () => {
    assert.throws(() => new ChatTemplate("{{ nonesuch() }}").render(hello), failsWith(/failed on this conversation/));
  });

  const endless: Readonly<Record<string, string>> = {
    "loops in loops":
      "{% for a in range(100000) %}{% for b in range(100000) %}{% for c in range(9) %}{% endfor %}{% endfor %}{% endfor %}",
    "a long range": "{% for a in range(1000000000) %}{% endfor %}",
    "a range without end": "{% for a in range(0, 9, 0) %}{% endfor %}",
    "a text that doubles":
      "{% set ns = namespace(x='0123456789') %}{% for a in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x }}",
    "a list that doubles":
      "{% set ns = namespace(x=[1, 2]) %}{% for a in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "a macro that calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "much text":
      "{% for a in range(99999) %}{{ messages[0].content }}{{ messages[0].content }}{{ messages[0].content }}{% endfor %}",
  };
  for (const [kind, source] of Object.entries(endless)) {
    test(`with ${kind} is stopped`, () => {
      const template = new ChatTemplate(source);
      const begun = performance.now();
      assert.throws(() => template.render([{ role: "user", content: "x".repeat(1000) }]), { code: "TEMPLATE_FAILED" });
      assert.ok(performance.now() - begun < 20_000);
    });
  }

  test("is not stopped in a long conversation", () => {
    const messages = Array.from({ length: 10_000 }, () => ({ role: "user", content: "x".repeat(1000) }));
    assert.ok(new ChatTemplate(CHATML).render(messages).length > 10_000_000);
  });

  test("writes dates in English, as Python does", () => {
    const date = new Date(2026, 0, 5, 13, 7, 9);
    assert.equal(strftime(date, "%A %d %B %Y, %a %b %e %y"), "Monday 05 January 2026, Mon Jan  5 26");
    assert.equal(
      strftime(date, "%-d/%-m %H:%M:%S %I %p %j %% %F %T %q"),
      "5/1 13:07:09 01 PM 005 % 2026-01-05 13:07:09 %q",
    );
  });

  test("names the message that is of the wrong form", () => {
    const template = new ChatTemplate(CHATML);
    const wrong: [unknown, string][] = [
      [[...hello, { role: "user" }], "messages[1].content"],
      [[{ role: "", content: "x" }], "messages[0].role"],
      ["Hello", "messages"],
    ];
    for (const [messages, argument] of wrong) {
      assert.throws(
        () => template.render(messages as never),
        (error: unknown) => error instanceof ArgumentError && error.argument === argument,
      );
    }
  });
});
