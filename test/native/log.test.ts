/** What llama.cpp logs, caught. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import type { LogLine } from "../../src/errors.js";
import {
  captureLog,
  captureLogAsync,
  ggml_log_level,
  openLibrary,
  type Pointer,
  readPointer,
  setLogHandler,
  sizeArray,
  toText,
} from "../../src/native/index.js";
import { koffi } from "../../src/native/koffi.js";
import { tinyLlama } from "../support/tiny-models.js";
import { askProgram, nativeModule } from "./process.js";

const library = openLibrary();
const c = library.functions;

/** Logs as C does: through the function that `llama_log_get` names. */
function logLikeC(level: number, text: string): void {
  const callback = sizeArray(1);
  const data = sizeArray(1);
  c.llama_log_get(callback, data);
  const log = koffi.decode(readPointer(callback), koffi.proto("void", ["int", "const char *", "void *"])) as unknown;
  (log as (level: number, text: Uint8Array, data: null) => void)(level, toText(text), null);
}

function loadAndFree(): void {
  const model = c.llama_model_load_from_file(tinyLlama().path, c.llama_model_default_params());
  assert.ok(model);
  c.llama_model_free(model);
}

describe("captureLog", () => {
  afterEach(() => setLogHandler(undefined));

  it("returns the call's result with every line, in order", () => {
    const { result, log } = captureLog(c, () =>
      c.llama_model_load_from_file("/no/such/file.gguf", c.llama_model_default_params()),
    );
    assert.equal(result, null);
    const errors = log.filter((line) => line.level === "error").map((line) => line.text);
    assert.match(errors.join("\n"), /failed to open GGUF file|\/no\/such\/file\.gguf/);
    assert.ok(log.every((line) => !line.text.endsWith("\n")));
  });

  it("names each level", () => {
    const { log } = captureLog(c, () => {
      for (const [name, level] of Object.entries(ggml_log_level)) {
        if (name !== "GGML_LOG_LEVEL_CONT" && name !== "GGML_LOG_LEVEL_NONE") logLikeC(level, `${name}\n`);
      }
    });
    assert.deepEqual(
      log,
      (["debug", "info", "warn", "error"] as const).map((level) => ({
        level,
        text: `GGML_LOG_LEVEL_${level.toUpperCase()}`,
      })),
    );
  });

  it("joins the pieces of a line, whose level is the first piece's", () => {
    const { log } = captureLog(c, () => {
      logLikeC(ggml_log_level.GGML_LOG_LEVEL_WARN, "one");
      logLikeC(ggml_log_level.GGML_LOG_LEVEL_CONT, ", two");
      logLikeC(ggml_log_level.GGML_LOG_LEVEL_CONT, ", three\n");
      logLikeC(ggml_log_level.GGML_LOG_LEVEL_INFO, "no end");
      logLikeC(ggml_log_level.GGML_LOG_LEVEL_ERROR, "next\n");
      logLikeC(ggml_log_level.GGML_LOG_LEVEL_INFO, "cut short");
    });
    assert.deepEqual(log, [
      { level: "warn", text: "one, two, three" },
      { level: "info", text: "no end" },
      { level: "error", text: "next" },
      { level: "info", text: "cut short" },
    ]);
  });

  it("may be nested: the outer one hears what the inner one hears", () => {
    const outer = captureLog(c, () => {
      logLikeC(ggml_log_level.GGML_LOG_LEVEL_INFO, "before\n");
      const inner = captureLog(c, () => logLikeC(ggml_log_level.GGML_LOG_LEVEL_INFO, "inside\n"));
      assert.deepEqual(
        inner.log.map((line) => line.text),
        ["inside"],
      );
      logLikeC(ggml_log_level.GGML_LOG_LEVEL_INFO, "after\n");
    });
    assert.deepEqual(
      outer.log.map((line) => line.text),
      ["before", "inside", "after"],
    );
  });

  it("passes an exception on, and C is silent again", () => {
    const silent = sizeArray(1);
    c.llama_log_get(silent, sizeArray(1));
    assert.throws(() => captureLog(c, () => assert.fail("from the call")), /from the call/);
    const after = sizeArray(1);
    c.llama_log_get(after, sizeArray(1));
    assert.equal(after[0], silent[0]);
  });

  it("hears an asynchronous call", async () => {
    const { result, log } = await captureLogAsync(
      c,
      () =>
        new Promise<Pointer<"llama_model"> | null>((resolve) => {
          c.llama_model_load_from_file.async("/no/such/file.gguf", c.llama_model_default_params(), (_error, model) =>
            resolve(model),
          );
        }),
    );
    assert.equal(result, null);
    assert.ok(log.some((line) => line.level === "error"));
  });
});

describe("setLogHandler", () => {
  afterEach(() => setLogHandler(undefined));

  it("hears every captured line, and nothing once it is taken back", () => {
    const heard: LogLine[] = [];
    setLogHandler((line) => heard.push(line));
    const { log } = captureLog(c, loadAndFree);
    assert.deepEqual(heard, log);
    assert.ok(log.length > 10);
    setLogHandler(undefined);
    captureLog(c, loadAndFree);
    assert.equal(heard.length, log.length);
  });

  it("a handler that throws does not disturb the call; the exception is reported as uncaught", () => {
    const program = `
      import { captureLog, openLibrary, setLogHandler } from ${JSON.stringify(nativeModule)};
      const c = openLibrary().functions;
      let uncaught;
      process.once("uncaughtException", (error) => (uncaught = error.message));
      setLogHandler(() => {
        setLogHandler(undefined);
        throw new RangeError("from the handler");
      });
      const { result, log } = captureLog(c, () => {
        c.llama_model_load_from_file("/no/such/file.gguf", c.llama_model_default_params());
        return "done";
      });
      setImmediate(() => console.log(JSON.stringify({ result, heard: log.length > 0, uncaught })));`;
    assert.deepEqual(askProgram(program), { result: "done", heard: true, uncaught: "from the handler" });
  });
});

it("two threads that capture at once hear their own calls only", async () => {
  const program = `
    import { parentPort, workerData } from "node:worker_threads";
    import { captureLog, openLibrary } from ${JSON.stringify(nativeModule)};
    const c = openLibrary().functions;
    let foreign = 0, own = 0;
    for (let round = 0; round < 30; round++) {
      const { log } = captureLog(c, () => c.llama_model_load_from_file(workerData, c.llama_model_default_params()));
      for (const { text } of log) if (text.includes("/no/such/")) text.includes(workerData) ? own++ : foreign++;
    }
    parentPort.postMessage({ own, foreign });`;
  const results = await Promise.all(
    ["/no/such/one.gguf", "/no/such/other.gguf"].map((workerData) => {
      const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`), { workerData });
      return new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
    }),
  );
  for (const result of results as { own: number; foreign: number }[]) {
    assert.equal(result.foreign, 0);
    assert.ok(result.own >= 30);
  }
});
