/** Several threads with the library open, and threads that end without notice. */
import assert from "node:assert/strict";
import { cpSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { root } from "../../scripts/bindgen/source.js";
import { tinyLlama } from "../support/tiny-models.js";
import { askProgram, nativeModule, withFolder, writeInto } from "./process.js";

const processModule = new URL("../../src/native/process.js", import.meta.url).href;
const native = JSON.stringify(nativeModule);

/** What a worker with this program posts. */
function askWorker(program: string, workerData?: unknown): Promise<unknown> {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`), { workerData });
  return new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
}

describe("processLock", () => {
  it("lets one thread in at a time", async () => {
    const shared = new Int32Array(new SharedArrayBuffer(12));
    const program = `
      import { parentPort, workerData } from "node:worker_threads";
      import { processLock } from ${JSON.stringify(processModule)};
      const [, inside, collisions] = [0, 1, 2];
      for (let round = 0; round < 500; round++) {
        processLock(() => {
          if (Atomics.exchange(workerData, inside, 1) === 1) Atomics.add(workerData, collisions, 1);
          // Not atomic on purpose: only the lock keeps the count right.
          const seen = workerData[0];
          for (let spin = 0; spin < 2000; spin++) Atomics.load(workerData, inside);
          workerData[0] = seen + 1;
          Atomics.store(workerData, inside, 0);
        });
      }
      parentPort.postMessage("done");`;
    await Promise.all([askWorker(program, shared), askWorker(program, shared)]);
    assert.deepEqual([...shared], [1000, 0, 0]);
  });

  it("may be taken again inside, and is given back by an exception", () => {
    const program = `
      import { processLock } from ${JSON.stringify(processModule)};
      const value = processLock(() => processLock(() => 7));
      let message = "";
      try { processLock(() => { throw new Error("inside"); }); } catch (error) { message = error.message; }
      console.log(JSON.stringify([value, message, processLock(() => 8)]));`;
    assert.deepEqual(askProgram(program), [7, "inside", 8]);
  });

  it("is given back by a worker that is terminated inside", () => {
    const program = `
      import { Worker } from "node:worker_threads";
      import { processLock } from ${JSON.stringify(processModule)};
      const endless = \`
        import { parentPort } from "node:worker_threads";
        import { processLock } from ${JSON.stringify(processModule)};
        processLock(() => { parentPort.postMessage("in"); for (;;); });\`;
      const worker = new Worker(new URL("data:text/javascript," + encodeURIComponent(endless)));
      await new Promise((resolve) => worker.once("message", resolve));
      await worker.terminate();
      console.log(JSON.stringify(processLock(() => "mine")));`;
    assert.equal(askProgram(program), "mine");
  });
});

it("two threads open the library, load and decode at once", async () => {
  const program = `
    import { parentPort, workerData } from "node:worker_threads";
    import { openLibrary, readBytes } from ${native};
    const c = openLibrary().functions;
    const sums = [];
    for (let round = 0; round < 10; round++) {
      const model = c.llama_model_load_from_file(workerData, c.llama_model_default_params());
      const context = c.llama_init_from_model(model, { ...c.llama_context_default_params(), n_ctx: 64, n_threads: 1, n_threads_batch: 1 });
      const tokens = Int32Array.of(1, 5, 9);
      const status = c.llama_decode(context, c.llama_batch_get_one(tokens, tokens.length));
      const logits = new Float32Array(readBytes(c.llama_get_logits(context), 256).buffer);
      sums.push(status === 0 ? logits.reduce((sum, value) => sum + value, 0) : NaN);
      c.llama_free(context);
      c.llama_model_free(model);
    }
    parentPort.postMessage({ sums, backends: Number(c.ggml_backend_reg_count()) });`;
  const { path } = tinyLlama();
  const results = (await Promise.all([askWorker(program, path), askWorker(program, path)])) as {
    readonly sums: readonly number[];
    readonly backends: number;
  }[];
  const sums = results.flatMap((result) => result.sums);
  assert.equal(sums.length, 20);
  assert.ok(Number.isFinite(sums[0]));
  assert.ok(
    sums.every((sum) => sum === sums[0]),
    sums.join(" "),
  );
  assert.deepEqual(
    results.map(({ backends }) => backends),
    [1, 1],
    "each backend is registered once",
  );
});

it("a terminated worker frees its model and context, youngest first: memory stays flat", () => {
  const program = `
    import { Worker } from "node:worker_threads";
    import { openLibrary } from ${native};
    openLibrary();
    const inside = \`
      import { parentPort, workerData } from "node:worker_threads";
      import { atThreadEnd, openLibrary } from ${native};
      const { functions: c, addressOf } = openLibrary();
      const model = c.llama_model_load_from_file(workerData, { ...c.llama_model_default_params(), load_mode: 0 });
      atThreadEnd(addressOf("llama_model_free"), model);
      const context = c.llama_init_from_model(model, { ...c.llama_context_default_params(), n_ctx: 16384, n_batch: 512 });
      atThreadEnd(addressOf("llama_free"), context);
      parentPort.postMessage(model !== null && context !== null);
      for (;;);\`;
    const url = new URL("data:text/javascript," + encodeURIComponent(inside));
    async function cycle() {
      const worker = new Worker(url, { workerData: ${JSON.stringify(tinyLlama().path)} });
      const made = await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
      if (!made) throw new Error("nothing was made");
      const during = process.memoryUsage.rss();
      await worker.terminate();
      return during;
    }
    for (let round = 0; round < 5; round++) await cycle();
    gc();
    const before = process.memoryUsage.rss();
    const during = await cycle();
    for (let round = 0; round < 25; round++) await cycle();
    gc();
    console.log(JSON.stringify({ grown: (process.memoryUsage.rss() - before) / 2 ** 20, during: (during - before) / 2 ** 20 }));`;
  const { grown, during } = askProgram(program) as { readonly grown: number; readonly during: number };
  // Each context alone holds 8 MiB of key-value cache, so 25 that leak would be 200.
  assert.ok(grown < 60, `grown by ${grown} MiB, one worker holds ${during}`);
});

it("a worker that ends inside a captured call leaves the logger silent for the others", () => {
  const program = `
    import { Worker } from "node:worker_threads";
    import { captureLog, openLibrary, sizeArray } from ${native};
    const c = openLibrary().functions;
    const logger = () => { const out = sizeArray(1); c.llama_log_get(out, sizeArray(1)); return out[0]; };
    const silent = logger();
    const inside = \`
      import { parentPort } from "node:worker_threads";
      import { captureLog, openLibrary } from ${native};
      captureLog(openLibrary().functions, () => { parentPort.postMessage("in"); for (;;); });\`;
    const worker = new Worker(new URL("data:text/javascript," + encodeURIComponent(inside)));
    await new Promise((resolve) => worker.once("message", resolve));
    const during = logger() !== silent;
    await worker.terminate();
    const { log } = captureLog(c, () => c.llama_model_load_from_file("/no/such.gguf", c.llama_model_default_params()));
    console.log(JSON.stringify({ during, silentAgain: logger() === silent, heard: log.length > 0 }));`;
  assert.deepEqual(askProgram(program), { during: true, silentAgain: true, heard: true });
});

it("two copies of the package on one thread do not disturb each other", () => {
  withFolder((folder) => {
    cpSync(fileURLToPath(new URL("../../src", import.meta.url)), join(folder, "src"), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
    writeInto(folder, "package.json", '{ "type": "module" }');
    const copy = pathToFileURL(join(folder, "src/native/index.js")).href;
    const program = `
      import { openLibrary, atThreadEnd, captureLog, libcFunction } from ${native};
      import * as copy from ${JSON.stringify(copy)};
      const one = openLibrary();
      const other = copy.openLibrary();
      const nested = captureLog(one.functions, () => copy.captureLog(other.functions, () => 7).result).result;
      const abs = libcFunction("abs");
      const cancel = [atThreadEnd(abs, 7n), copy.atThreadEnd(abs, 7n)];
      for (const take of cancel) { take(); take(); }
      console.log(JSON.stringify([nested, one === other, Number(one.functions.ggml_backend_reg_count())]));`;
    assert.deepEqual(askProgram(program), [7, false, 1]);
  });
});
