import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import {
  capabilities,
  flashAttentionName,
  initNuma,
  libraryVersion,
  loadModeFromName,
  loadModeName,
  quantizationName,
  systemInfo,
  timeMicroseconds,
} from "../../src/llama/system.js";
import { setLogHandler } from "../../src/native/index.js";
import { Model } from "../../src/llama/model.js";
import { hasCode } from "../support/has-code.js";
import { tinyLlama } from "../support/tiny-models.js";

test("the library's version is that of the pinned release", () => {
  assert.match(libraryVersion(), /^0\.5\.0/);
});

test("system information names the CPU backend", () => {
  assert.match(systemInfo(), /^CPU : /);
  assert.equal(systemInfo(), systemInfo());
});

test("C's clock runs in microseconds", async () => {
  const start = timeMicroseconds();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const passed = timeMicroseconds() - start;
  assert.ok(passed > 15_000 && passed < 5_000_000, String(passed));
});

test("capabilities are those of this build", () => {
  const { mmap, mlock, gpuOffload, rpc, maxDevices, maxSequences, maxTensorPlacements } = capabilities();
  for (const flag of [mmap, mlock, gpuOffload, rpc]) assert.equal(typeof flag, "boolean");
  assert.equal(mmap, true);
  assert.ok(maxDevices >= 1 && maxSequences >= 64 && maxTensorPlacements > 0);
});

test("a context cannot have more sequences than there can be", () => {
  using model = Model.load(tinyLlama().path);
  const { maxSequences } = capabilities();
  assert.throws(
    () => model.createContext({ contextSize: 256, maxSequences: maxSequences + 1 }),
    hasCode("ARGUMENT_INVALID"),
  );
});

test("quantizations, flash attention and load modes have llama.cpp's names", () => {
  assert.equal(quantizationName("Q4_K_M"), "Q4_K - Medium");
  assert.equal(quantizationName("F16"), "F16");
  assert.deepEqual((["auto", "on", "off"] as const).map(flashAttentionName), ["auto", "enabled", "disabled"]);
  const modes = ["auto", "read", "mmap", "mlock", "mmap+mlock", "direct-io"] as const;
  assert.deepEqual(modes.map(loadModeName), ["auto", "none", "mmap", "mlock", "mmap+mlock", "dio"]);
  for (const mode of modes) assert.equal(loadModeFromName(loadModeName(mode)), mode);
  assert.equal(loadModeFromName("nothing"), undefined);
  for (const name of ["nothing", "", 1, undefined]) {
    assert.throws(() => quantizationName(name as never), hasCode("ARGUMENT_INVALID"));
    assert.throws(() => flashAttentionName(name as never), hasCode("ARGUMENT_INVALID"));
    assert.throws(() => loadModeName(name as never), hasCode("ARGUMENT_INVALID"));
  }
  assert.throws(() => loadModeFromName("a\0b"), hasCode("ARGUMENT_INVALID"));
});

test("log lines of a load go to the handler, and nowhere without one", () => {
  const lines: string[] = [];
  setLogHandler(({ text }) => lines.push(text));
  try {
    Model.load(tinyLlama().path).dispose();
  } finally {
    setLogHandler(undefined);
  }
  const heard = lines.length;
  assert.ok(lines.some((line) => line.includes("general.architecture")));
  Model.load(tinyLlama().path).dispose();
  assert.equal(lines.length, heard);
});

test("a NUMA strategy is set once a process", () => {
  // It changes the whole process, so another one does it.
  const url = new URL("../../src/llama/system.js", import.meta.url).href;
  const script = `
    const { initNuma, systemInfo } = await import(${JSON.stringify(url)});
    initNuma("distribute");
    initNuma("distribute");
    try { initNuma("isolate"); } catch (error) { console.log(error.code); }
    console.log(systemInfo().length > 0);`;
  const child = execFileSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" });
  assert.equal(child, "UNSUPPORTED\ntrue\n");
  for (const strategy of [undefined, "", "all", 1])
    assert.throws(() => initNuma(strategy as never), hasCode("ARGUMENT_INVALID"));
});
