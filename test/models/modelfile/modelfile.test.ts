import assert from "node:assert/strict";
import { test } from "node:test";
import {
  defaultsToParams,
  definitionOf,
  formatModelfile,
  type Modelfile,
  modelfileOf,
  paramsToDefaults,
  parseModelfile,
} from "../../../src/models/modelfile/index.js";
import { MullamaError } from "../../../src/errors.js";
import { hasCode } from "../../support/has-code.js";
import { TinyRandom } from "../../support/tiny-random.js";

test("A Modelfile is read as Ollama reads it", () => {
  const modelfile = parseModelfile(
    [
      "\uFEFF# A comment",
      "from smollm2:135m",
      "From ./mmproj.gguf",
      'SYSTEM """You are brief.',
      "",
      '# no comment, and "quoted""""',
      "  PARAMETER   Temperature 0.5  ",
      "PARAMETER stop <|im_end|>",
      'PARAMETER stop " two words "',
      "PARAMETER use_mmap true",
      "TEMPLATE '{{ .Prompt }}' # is not a comment",
      "MESSAGE user Hi",
      'MESSAGE assistant "Hello',
      'there"',
      "ADAPTER ./a.gguf",
      'LICENSE """MIT',
      '  """',
      "LICENSE Apache",
      "DRAFT small",
      "RENDERER r",
      "PARSER p",
      "REQUIRES 0.14.0",
    ].join("\r\n"),
  );
  assert.deepEqual(modelfile, {
    from: ["smollm2:135m", "./mmproj.gguf"],
    system: 'You are brief.\n\n# no comment, and "quoted"',
    parameters: [
      { name: "temperature", value: 0.5 },
      { name: "stop", value: "<|im_end|>" },
      { name: "stop", value: " two words " },
      { name: "use_mmap", value: true },
    ],
    template: "'{{ .Prompt }}' # is not a comment",
    messages: [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello\nthere" },
    ],
    adapters: ["./a.gguf"],
    licenses: ["MIT\n  ", "Apache"],
    draft: "small",
    renderer: "r",
    parser: "p",
    requires: "0.14.0",
  } satisfies Modelfile);
});

test("What is wrong is named with its line and with what is allowed", () => {
  for (const [text, message] of [
    ["", /line 1, FROM: it is missing/],
    ["FROM x\nSYSTM y", /line 2: "SYSTM" is no instruction.*Did you mean SYSTEM/],
    ["FROM x\n\nPARAMETER temperatur 1", /line 3, PARAMETER: there is no parameter.*Did you mean temperature/],
    ["FROM x\nPARAMETER num_ctx many", /line 2, PARAMETER num_ctx: it must be an integer from 1 to \d+, but is "many"/],
    ["FROM x\nPARAMETER num_predict -3", /an integer from -2/],
    ["FROM x\nPARAMETER use_mmap maybe", /true or false/],
    ["FROM x\nPARAMETER top_k", /line 2, PARAMETER: it has no value/],
    ["FROM x\nPARAMETER", /wants a parameter's name/],
    ["FROM x\nMESSAGE robot hi", /one of system, user, assistant, but is "robot"/],
    ['FROM x\nSYSTEM """never\nclosed', /line 2, SYSTEM: its quotes are never closed/],
    ['FROM ""', /one line of text/],
    ["FROM", /line 1, FROM: it has no value/],
  ] as const)
    assert.throws(() => parseModelfile(text), hasCode("MODELFILE_INVALID", message), text);
});

test("Every random Modelfile is read as it was written", () => {
  const random = new TinyRandom(5);
  const pieces = ["a", " ", "\n", '"', '"""', "#", "FROM", "'", "\\", "{{ .Prompt }}", "é", "\t", "PARAMETER stop x"];
  const text = (): string =>
    Array.from({ length: 1 + random.below(8) }, () => pieces[random.below(pieces.length)]).join("");
  let written = 0;
  for (let round = 0; round < 3000; round++) {
    const modelfile: Modelfile = {
      from: ["model:tag", ...(random.below(3) === 0 ? ["./a b.gguf"] : [])],
      parameters: [
        { name: "temperature", value: random.uniform() },
        { name: "num_predict", value: random.below(100) - 2 },
        { name: "stop", value: text() },
      ],
      adapters: random.below(2) === 0 ? [] : ["./lora.gguf"],
      messages: [{ role: "user", content: text() }],
      licenses: [text(), text()],
      system: text(),
      template: text(),
    };
    let formatted: string;
    try {
      formatted = formatModelfile(modelfile);
    } catch (error) {
      assert.ok(hasCode("MODELFILE_INVALID")(error));
      continue;
    }
    written++;
    assert.deepEqual(parseModelfile(formatted), modelfile);
    assert.equal(formatModelfile(parseModelfile(formatted)), formatted);
  }
  assert.ok(written > 1500, `${written} could be written`);
});

test("A Modelfile means a definition and names models and files", () => {
  const { definition, references, notes } = definitionOf(
    parseModelfile(
      [
        "FROM base",
        "FROM mmproj.gguf",
        "ADAPTER lora.gguf",
        "DRAFT tiny",
        "SYSTEM Be brief.",
        "TEMPLATE {{ .System }}|{{ .Prompt }}|{{ .Response }}",
        "PARAMETER num_ctx 4096",
        "PARAMETER num_predict -1",
        "PARAMETER repeat_last_n -1",
        "PARAMETER mirostat 2",
        "PARAMETER mirostat_tau 4",
        "PARAMETER stop a",
        "PARAMETER stop b",
        "PARAMETER num_gpu -1",
        "PARAMETER tfs_z 1",
        "PARAMETER draft_num_predict 6",
        "RENDERER qwen",
        "LICENSE MIT",
        "REQUIRES 0.14.0",
      ].join("\n"),
    ),
  );
  const { template, ...rest } = definition;
  assert.match(template ?? "", /^\{% set/);
  assert.deepEqual(rest, {
    goTemplate: "{{ .System }}|{{ .Prompt }}|{{ .Response }}",
    system: "Be brief.",
    defaults: {
      contextSize: 4096,
      overflow: "shift",
      penaltyLastTokens: 4096,
      mirostat: { version: 2, tau: 4 },
      stop: ["a", "b"],
      gpuLayers: "auto",
    },
    licenses: ["MIT"],
    speculation: { maxDraft: 6 },
    requiresOllama: "0.14.0",
  });
  assert.deepEqual(references, { from: "base", files: ["mmproj.gguf"], adapters: ["lora.gguf"], draft: "tiny" });
  assert.equal(notes.length, 3);
  assert.match(notes.join("\n"), /tfs_z has no effect.*\nRENDERER qwen.*\nREQUIRES 0\.14\.0 is a version of Ollama/);
  const { modelfile } = modelfileOf(definition, references);
  assert.equal(modelfile.requires, "0.14.0");
  assert.ok(modelfile.parameters.some(({ name, value }) => name === "draft_num_predict" && value === 6));
});

test("A definition is written as a Modelfile that means the same, and what it cannot say is noted", () => {
  const definition = {
    template: "{% for m in messages %}{{ m.content }}{% endfor %}",
    system: "S",
    defaults: { temperature: 0.2, topK: 3, stop: ["x", "y"], maxTokens: 5, seed: 1, mirostat: { version: 1 as const } },
    messages: [{ role: "user", content: "Hi" }],
    licenses: ["MIT"],
  };
  const { modelfile, notes } = modelfileOf(definition, { from: "base", adapters: ["a.gguf"] });
  assert.deepEqual(notes, []);
  const again = definitionOf(parseModelfile(formatModelfile(modelfile)));
  assert.deepEqual(again.definition, definition);
  assert.deepEqual(again.references, { from: "base", files: [], adapters: ["a.gguf"] });
  assert.match(
    modelfileOf({ defaults: { xtc: { probability: 1 } } }, { from: "x" }).notes.join(),
    /xtc cannot be said/,
  );
});

test("Ollama's params mean defaults, and back", () => {
  const params = { stop: ["<|im_end|>"], num_ctx: 4096, temperature: 0.1, num_predict: -1, num_gpu: 3 };
  const { defaults, notes } = paramsToDefaults(params);
  assert.deepEqual(defaults, {
    stop: ["<|im_end|>"],
    contextSize: 4096,
    temperature: 0.1,
    overflow: "shift",
    gpuLayers: 3,
  });
  assert.deepEqual(notes, []);
  assert.deepEqual(defaultsToParams(defaults), { params, left: [] });
  assert.match(paramsToDefaults({ temprature: 1 }).notes.join(), /did you mean temperature/);
  assert.throws(() => paramsToDefaults({ num_ctx: "4096" }), hasCode("ARGUMENT_INVALID", /options.num_ctx/));
  assert.throws(() => paramsToDefaults([]), hasCode("ARGUMENT_INVALID"));
});

test("Damaged Modelfiles end in the typed error, in no time", () => {
  const random = new TinyRandom(9);
  const base =
    'FROM x\nPARAMETER temperature 1\nSYSTEM """a\nb"""\nTEMPLATE {{ if .System }}{{ .Prompt }}{{ end }}\nMESSAGE user hi\n';
  const start = performance.now();
  for (let round = 0; round < 3000; round++) {
    const characters = base.split("");
    for (let change = random.below(6); change >= 0; change--)
      characters[random.below(characters.length)] = String.fromCharCode(
        random.below(3) === 0 ? random.below(65536) : random.below(128),
      );
    try {
      definitionOf(parseModelfile(characters.join("")));
    } catch (error) {
      assert.ok(
        MullamaError.isInstance(error) && /MODELFILE_INVALID|TEMPLATE_UNSUPPORTED/.test(error.code),
        `${String(error)} for ${JSON.stringify(characters.join(""))}`,
      );
    }
  }
  const long = '"'.repeat(500_000);
  assert.throws(() => parseModelfile(`FROM ${long}x`), hasCode("MODELFILE_INVALID"));
  assert.throws(() => parseModelfile("a\n".repeat(200_000)), hasCode("MODELFILE_INVALID"));
  assert.throws(() => parseModelfile(`FROM x\nSYSTEM "${"a\n".repeat(300_000)}`), hasCode("MODELFILE_INVALID"));
  assert.ok(performance.now() - start < 10_000);
});
