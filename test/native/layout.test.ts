/** The generated structs, enums and constants against what a C compiler makes of the pinned headers. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { includeAll } from "../../scripts/bindgen/ast.js";
import * as constants from "../../src/native/generated/constants.js";
import * as enums from "../../src/native/generated/enums.js";
import { structLayouts } from "../../src/native/generated/structs.js";
import { offsetOf, sizeOf } from "../../src/native/index.js";
import { nativeType } from "../../src/native/types.js";
import { noCompiler, runC } from "./c-compiler.js";

/** One fact: how C spells the question, and our answer. */
type Fact = readonly [question: string, answer: number];

/** C's word for a struct: an unnamed member struct has no name, and is reached through its owner. */
function spell(struct: string): string {
  for (const [owner, fields] of Object.entries(structLayouts)) {
    const member = Object.keys(fields).find((field) => fields[field] === struct && `${owner}_${field}` === struct);
    if (member !== undefined) return `__typeof__(((struct ${owner} *)0)->${member})`;
  }
  return struct === "ggml_bf16_t" ? struct : `struct ${struct}`;
}

function factsOf(struct: string): Fact[] {
  const c = spell(struct);
  const facts: Fact[] = [[`sizeof(${c})`, sizeOf(struct)]];
  const add = (field: string, notation: string, offset: number): void => {
    facts.push([`offsetof(${c}, ${field})`, offset]);
    facts.push([`sizeof(((${c} *)0)->${field})`, nativeType(notation).size]);
  };
  for (const [field, notation] of Object.entries(structLayouts[struct] ?? {})) {
    const offset = offsetOf(struct, field);
    if (typeof notation === "string") add(field, notation, offset);
    else for (const [member, type] of Object.entries(notation)) add(member, type as string, offset);
  }
  return facts;
}

/** What C answers to each question, as text. */
function ask(questions: readonly string[], format: string, cast: string): string[] {
  const lines = questions.map((question) => `  printf("${format}\\n", (${cast})(${question}));`);
  const program = `#include <stddef.h>\n#include <stdio.h>\n${includeAll()}\nint main(void) {\n${lines.join("\n")}\n  return 0;\n}\n`;
  return runC(program).trimEnd().split("\n");
}

function assertFacts(facts: readonly Fact[]): void {
  const answers = ask(
    facts.map(([question]) => question),
    "%lld",
    "long long",
  );
  const ours = facts.map(([question, answer]) => `${question} = ${answer}`);
  assert.deepEqual(
    ours,
    facts.map(([question], index) => `${question} = ${answers[index]}`),
  );
}

describe("layout", { skip: noCompiler }, () => {
  it("every struct has the compiler's size, and every field its offset and size", () => {
    const structs = Object.keys(structLayouts);
    assert.ok(structs.length > 40, `only ${structs.length} structs`);
    assertFacts(structs.flatMap(factsOf));
  });

  it("every enum member has the compiler's value, and every enum the size of an int", () => {
    const tables = Object.entries(enums) as [string, Record<string, number>][];
    assert.ok(tables.length > 40, `only ${tables.length} enums`);
    assertFacts(
      tables.flatMap(([name, members]) => [[`sizeof(enum ${name})`, 4] as const, ...Object.entries(members)]),
    );
  });

  it("every constant has the compiler's value", () => {
    const entries = Object.entries(constants) as [string, number | string][];
    assertFacts(entries.filter((entry): entry is [string, number] => typeof entry[1] === "number"));
    const texts = entries.filter((entry): entry is [string, string] => typeof entry[1] === "string");
    assert.deepEqual(
      texts.map(([, text]) => text),
      ask(
        texts.map(([name]) => name),
        "%s",
        "const char *",
      ),
    );
  });

  it("a wrong answer is noticed", () => {
    assert.throws(
      () => assertFacts([["sizeof(struct llama_batch)", sizeOf("llama_batch") + 1]]),
      assert.AssertionError,
    );
  });
});
