import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { ChatFormat } from "../../../src/chat/chat-format.js";
import { ChatTemplate } from "../../../src/chat/template.js";
import { convertGoTemplate, isGoTemplate } from "../../../src/models/modelfile/index.js";
import { MullamaError } from "../../../src/errors.js";
import { writeCalls } from "../../../src/chat/answer/write-calls.js";
import { goTemplates } from "../../support/go-templates.js";
import { hasCode } from "../../support/has-code.js";
import { TinyRandom } from "../../support/tiny-random.js";

function render(source: string, messages: readonly [role: string, content: string][]): string {
  const { template } = convertGoTemplate(source);
  return new ChatTemplate(template).render(messages.map(([role, content]) => ({ role, content })));
}

test("A template of turns is written for each, and the last one up to the answer", () => {
  const source = "{{ if .System }}<s>{{ .System }}</s>{{ end }}<u>{{ .Prompt }}</u>\n<a>{{ .Response }}</a>";
  assert.equal(
    render(source, [
      ["system", "S"],
      ["user", "1"],
      ["assistant", "2"],
      ["user", "3"],
    ]),
    "<s>S</s><u>1</u>\n<a>2</a><u>3</u>\n<a>",
  );
  assert.equal(render("{{ .Prompt }}", [["user", "1"]]), "1");
});

test("What cannot be kept is refused, with the construct and its place", () => {
  for (const [source, message] of [
    ["{{ .Prompt ", /line 1, column 1: the action is not closed/],
    ["a\n{{ if .Prompt }}", /line 2, column 1: \{\{ if \}\} is not ended/],
    ["{{ .Prompt | html }}", /line 1, column 14: the function html is not supported/],
    ["{{ range .Messages }}{{ . }}{{ end }}", /struct/],
    ["{{ .Nothing }}", /no \.Nothing/],
    ["{{ end }}", /ends nothing/],
    ["{{ $x }}", /\$x is not declared/],
    ["{{ and .System .Suffix }}", /cannot be printed/],
    ["{{ break }}", /outside of a range/],
    ["{{ len .Prompt }}", /bytes/],
    ["{{ slice .Prompt 1 }}", /slice wants a list/],
    ['{{ template "x" }}', /not defined/],
    ['{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}', /nested too deeply/],
    [`{{ ${"(".repeat(1000)}`, /not closed/],
    [`{{ ${"(".repeat(1000)} }}`, /nested too deeply/],
    ["{{ if .Prompt }}".repeat(1000), /nested too deeply/],
  ] as const)
    assert.throws(() => convertGoTemplate(source), hasCode("TEMPLATE_UNSUPPORTED", message), source);
});

test("A template is told to be Go's or Jinja", () => {
  for (const go of [
    "{{ .Prompt }}",
    "{{- if .System }}x{{ end }}",
    "{{ $x := 1 }}",
    "{{/* c */}}",
    "{{ json .Tools }}",
  ])
    assert.ok(isGoTemplate(go), go);
  for (const jinja of [
    "{{ messages[0].content }}",
    "{% for m in messages %}{{ m }}{% endfor %}",
    "chatml",
    "{{ bos_token }}",
  ])
    assert.ok(!isGoTemplate(jinja), jinja);
});

test("The form of calls is found out from converted templates", () => {
  for (const [name, start] of [
    ["qwen3", '<tool_call>\n{"name": "'],
    ["mistral-tools", "[TOOL_CALLS] ["],
  ] as const) {
    const source = readFileSync(`${goTemplates}/${name}.gotmpl`, "utf8");
    const { traits, syntax } = new ChatFormat({
      template: convertGoTemplate(source).template,
      specialTokens: {
        bos: undefined,
        eos: undefined,
        addBos: false,
        control: [],
        userDefined: [],
        ends: ["<|im_end|>", "</s>"],
        infill: undefined,
      },
    });
    assert.ok(traits.works && traits.showsCalls, name);
    const call = { id: "a", name: "f", arguments: { x: 1 } };
    assert.ok(writeCalls([call], syntax.calls).trim().startsWith(start), writeCalls([call], syntax.calls));
  }
});

test("Damaged templates convert or end in the typed error, in no time", () => {
  const random = new TinyRandom(3);
  const base =
    '{{- range $i, $m := .Messages }}{{ if eq .Role "user" }}{{ $m.Content | printf "%s" }}{{ else }}{{ $.System }}{{ end }}{{ end }}';
  const pieces = [
    "{{",
    "}}",
    "-",
    " ",
    "(",
    ")",
    "|",
    '"',
    "`",
    "$",
    ".",
    "end",
    "else",
    "range",
    ":=",
    "\\",
    "%",
    "len",
  ];
  for (let round = 0; round < 3000; round++) {
    const characters = base.split("");
    for (let change = random.below(4); change >= 0; change--)
      characters[random.below(characters.length)] = pieces[random.below(pieces.length)] ?? "";
    try {
      const { template } = convertGoTemplate(characters.join(""));
      assert.ok(new ChatTemplate(template));
    } catch (error) {
      assert.ok(
        MullamaError.isInstance(error) && error.code === "TEMPLATE_UNSUPPORTED",
        `${String(error)} for ${characters.join("")}`,
      );
    }
  }
  const start = performance.now();
  for (const source of [
    "{{".repeat(100_000),
    `{{ "${"\\".repeat(200_001)}`,
    "{{-".repeat(50_000),
    `{{ ${". ".repeat(100_000)}}}`,
    `x${" ".repeat(300_000)}{{ .Prompt }}`,
    "{{/*".repeat(50_000),
  ])
    try {
      convertGoTemplate(source);
    } catch (error) {
      assert.ok(hasCode("TEMPLATE_UNSUPPORTED")(error), String(error));
    }
  // Each template that uses the next one twice would be two to the power of their number long.
  const doubling = Array.from(
    { length: 15 },
    (_, i) => `{{ define "t${i}" }}{{ template "t${i + 1}" . }}{{ template "t${i + 1}" . }}{{ end }}`,
  ).join("");
  assert.throws(
    () => convertGoTemplate(`${doubling}{{ define "t15" }}${"long text ".repeat(100)}{{ end }}{{ template "t0" . }}`),
    hasCode("TEMPLATE_UNSUPPORTED", /too long/),
  );
  assert.ok(performance.now() - start < 5000, `${performance.now() - start} ms`);
});
