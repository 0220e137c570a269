// C asserts on much of what can be asked of a context, and an assertion ends the process; only a process of its own can
// show that random use, mistakes among it, comes to nothing worse than errors.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  tinyBert,
  tinyDiffusion,
  tinyDirectory,
  tinyGemma,
  tinyHybrid,
  tinyLlama,
  tinyMamba,
  tinyReranker,
  tinyT5,
} from "../support/tiny-models.js";

const CONTEXTS = 12;
const CHILD = fileURLToPath(new URL("../support/context-monkey.js", import.meta.url));

const MODELS = {
  llama: tinyLlama(),
  embedding: tinyLlama({ embedding: true }),
  gemma: tinyGemma(),
  mamba: tinyMamba(),
  hybrid: tinyHybrid(),
  bert: tinyBert(),
  reranker: tinyReranker(),
  t5: tinyT5(),
  diffusion: tinyDiffusion(),
};

Object.entries(MODELS).forEach(([name, { path }], index) => {
  const first = 1 + index * 1000;
  const last = first + CONTEXTS - 1;
  test(`a process survives forty random acts on each of ${CONTEXTS} contexts of the ${name} model (seeds ${first} to ${last})`, () => {
    const progress = join(tinyDirectory(), `monkey-${name}`);
    const child = spawnSync(process.execPath, [CHILD, path, String(first), String(last), progress], {
      encoding: "utf8",
      timeout: 120_000,
    });
    const end = `${child.signal ?? child.status}: ${child.stderr.slice(-1000)}\n${readFileSync(progress, "utf8").slice(-3000)}`;
    assert.equal(child.status, 0, end);
    const counts = JSON.parse(child.stdout) as Record<string, number>;
    assert.ok((counts["done"] ?? 0) > 100, child.stdout);
    assert.ok((counts["ARGUMENT_INVALID"] ?? 0) > 5, child.stdout);
  });
});
