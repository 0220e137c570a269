// llama.cpp asserts on much of what a damaged file can hold, and an assertion ends the process; only a process of its
// own can show that none is left once the checks in front of it have passed a file.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  tinyBert,
  tinyDirectory,
  tinyGemma,
  tinyHybrid,
  tinyLlama,
  tinyMamba,
  tinyT5,
} from "../support/tiny-models.js";

const FILES = 90;
const CHILD = fileURLToPath(new URL("../support/tiny-load-child.js", import.meta.url));

const MODELS = {
  llama: tinyLlama(),
  bpe: tinyLlama({ vocab: "bpe", type: "F16" }),
  experts: tinyLlama({ experts: 4 }),
  bert: tinyBert({ pooling: "rank" }),
  t5: tinyT5(),
  mamba: tinyMamba(),
  hybrid: tinyHybrid({ nextToken: true }),
  gemma: tinyGemma(),
};

Object.entries(MODELS).forEach(([name, { path }], index) => {
  const first = 1 + index * 1000;
  const last = first + FILES - 1;
  test(`a process survives ${FILES} damaged files of the ${name} model (seeds ${first} to ${last})`, () => {
    const progress = join(tinyDirectory(), `fuzz-${name}`);
    const child = spawnSync(process.execPath, [CHILD, path, String(first), String(last), progress], {
      encoding: "utf8",
      timeout: 120_000,
    });
    const end = `${child.signal ?? child.status} at seed ${readFileSync(progress, "utf8")}: ${child.stderr.slice(-2000)}`;
    assert.equal(child.status, 0, end);
    const counts = JSON.parse(child.stdout) as { refused: number; notLoaded: number; used: number };
    assert.equal(counts.refused + counts.notLoaded + counts.used, FILES);
    for (const [outcome, count] of Object.entries(counts)) assert.ok(count > 0, `${outcome}: ${count}`);
  });
});
