import assert from "node:assert/strict";
import { test } from "node:test";
import { checkModelMetadata, ggufValue, validateGgufFile } from "../../src/gguf/index.js";
import { tinyT5 } from "../support/tiny-models.js";

const A = 0x41;
const LEAF = 0x100;
const VALUE = 0x8000_0000;

/** A table of 256 nodes that replaces "A", with the value in node 1: the root is node 0, its base 0. */
function table(nodes: Readonly<Record<number, number>>, replacements: string): Uint8Array {
  const bytes = Buffer.alloc(4 + 256 * 4 + replacements.length);
  bytes.writeUInt32LE(256 * 4, 0);
  for (const [index, node] of Object.entries(nodes)) bytes.writeUInt32LE(node >>> 0, 4 + Number(index) * 4);
  bytes.write(replacements, 4 + 256 * 4, "latin1");
  return new Uint8Array(bytes);
}

function check(charsmap: Uint8Array): void {
  const header = validateGgufFile(tinyT5().path);
  const metadata = new Map([
    ...header.metadata,
    ["tokenizer.ggml.precompiled_charsmap", ggufValue.array("uint8", charsmap)],
  ]);
  checkModelMetadata({ ...header, metadata });
}

const TO_NODE_1 = ((A ^ 1) << 10) | LEAF | A;

test("a table of character replacements passes", () => {
  check(table({ [A]: TO_NODE_1, 1: VALUE }, "B\0"));
  check(table({ [A]: TO_NODE_1, 1: VALUE | 2 }, "B\0C\0"));
  check(table({}, "\0"));
});

const WRONG: [string, Uint8Array, RegExp][] = [
  ["whose root lies outside", table({ 0: 256 << 10 }, "B\0"), /leads to node 256 of 256/],
  ["with a child that lies outside", table({ [A]: (0x1fffff << 10) | 0x200 | A }, "B\0"), /leads to node \d+ of 256/],
  ["with a replacement beyond the text", table({ [A]: TO_NODE_1, 1: VALUE | 2 }, "B\0"), /replacement at 2/],
  ["with a replacement without an end", table({ [A]: TO_NODE_1, 1: VALUE }, "B"), /replacement at 0/],
];
for (const [name, charsmap, message] of WRONG) {
  test(`a table of character replacements ${name} is refused`, () => {
    assert.throws(() => check(charsmap), { code: "GGUF_INVALID", message });
  });
}
