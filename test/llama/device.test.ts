import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { totalmem } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { backends, loadBackend } from "../../src/llama/backend.js";
import { devices } from "../../src/llama/device.js";
import { Model } from "../../src/llama/model.js";
import { systemInfo } from "../../src/llama/system.js";
import { openLibrary } from "../../src/native/index.js";
import { hasCode } from "../support/has-code.js";
import { tinyDirectory, tinyLlama } from "../support/tiny-models.js";

test("the CPU is a device, with memory and a buffer type that a model can be put on by name", () => {
  const cpu = devices().find(({ type }) => type === "cpu");
  assert.ok(cpu !== undefined);
  assert.equal(cpu.name, "CPU");
  assert.equal(cpu.backend, "CPU");
  assert.ok(cpu.description.length > 0);
  assert.ok(cpu.memory.total > 2 ** 28 && cpu.memory.total <= 2 * totalmem());
  assert.ok(cpu.memory.free >= 0 && cpu.memory.free <= cpu.memory.total);
  assert.equal(cpu.bufferType.host, true);
  assert.ok(Number.isInteger(Math.log2(cpu.bufferType.alignment)) && cpu.bufferType.alignment >= 16);
  assert.ok(cpu.bufferType.maxSize > 2 ** 31);
  assert.equal(cpu.capabilities.bufferFromHostPointer, true);
  assert.equal(typeof cpu.capabilities.async, "boolean");
  assert.equal(typeof cpu.capabilities.events, "boolean");
  assert.equal(typeof cpu.capabilities.hostBuffer, "boolean");
  using model = Model.load(tinyLlama().path, {
    devices: [cpu.name],
    tensorPlacement: [{ pattern: ".*", bufferType: cpu.bufferType.name }],
  });
  assert.equal(model.layers, 2);
});

test("every device belongs to a backend, and every backend lists its own", () => {
  const all = backends();
  assert.deepEqual(
    all.flatMap((backend) => backend.devices.map(({ name }) => name)).toSorted(),
    devices()
      .map(({ name }) => name)
      .toSorted(),
  );
  for (const { name, devices: own } of all) for (const device of own) assert.equal(device.backend, name);
});

test("the CPU backend tells the instruction sets that system information names", () => {
  const cpu = backends().find(({ name }) => name === "CPU");
  assert.ok(cpu !== undefined);
  assert.ok(Object.keys(cpu.features).length > 0);
  const info = systemInfo();
  for (const [feature, value] of Object.entries(cpu.features))
    assert.ok(info.includes(`${feature} = ${value} |`), feature);
});

test("a backend that is loaded already is given back", () => {
  const { directory } = openLibrary();
  const before = backends().length;
  const file = readdirSync(directory).find((name) => /ggml-cpu.*\.(?:so|dylib|dll)$/.test(name));
  if (file === undefined) return;
  try {
    assert.equal(loadBackend(join(directory, file)).name, "CPU");
  } catch (error) {
    assert.ok(hasCode("LIBRARY_NOT_FOUND")(error), "one for another processor is refused");
  }
  assert.ok(backends().length >= before);
  assert.equal(devices()[0]?.name, "CPU");
});

test("what is no backend is refused with llama.cpp's words", () => {
  const text = join(tinyDirectory(), "backend.so");
  writeFileSync(text, "no library");
  assert.throws(() => loadBackend(join(tinyDirectory(), "none.so")), hasCode("LIBRARY_NOT_FOUND", /no file/));
  assert.throws(() => loadBackend(text), hasCode("LIBRARY_NOT_FOUND", /llama\.cpp: .*failed to load/));
  assert.throws(() => loadBackend(dirname(text)), hasCode("LIBRARY_NOT_FOUND"));
  for (const path of [undefined, 1, "a\0b"])
    assert.throws(() => loadBackend(path as never), hasCode("ARGUMENT_INVALID"));
  assert.ok(existsSync(text) && devices().length > 0);
});
