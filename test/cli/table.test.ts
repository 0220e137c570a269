import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { table } from "../../src/cli/terminal/table.js";

const columns = [
  { title: "NAME", shrinks: true },
  { title: "SIZE", align: "right" },
  { title: "QUANT", mayGo: true },
  { title: "SINCE", mayGo: true },
] as const;
const rows = [["smollm2:135m", "98 MB", "Q4_1", "3 hours ago"]];

describe("a table", () => {
  for (const [width, expected] of [
    [80, ["NAME           SIZE  QUANT  SINCE", "smollm2:135m  98 MB  Q4_1   3 hours ago"]],
    [30, ["NAME           SIZE  QUANT", "smollm2:135m  98 MB  Q4_1"]],
    [20, ["NAME           SIZE", "smollm2:135m  98 MB"]],
    [16, ["NAME        SIZE", "smollm2:…  98 MB"]],
  ] as const) {
    it(`has ${width} columns: what matters least goes first, and names are cut last`, () => {
      const lines = table(columns, rows, width);
      assert.deepEqual(lines, expected);
      for (const line of lines) assert.ok(line.length <= width);
    });
  }
});
