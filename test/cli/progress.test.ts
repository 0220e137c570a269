import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ProgressDisplay } from "../../src/cli/progress-display.js";
import { formatBytes, progressLine } from "../../src/cli/progress-line.js";
import { progressJson } from "../../src/cli/progress-json.js";
import { MullamaError } from "../../src/errors.js";
import type { ModelProgress } from "../../src/models/index.js";
import { withPace } from "../../src/models/with-pace.js";

const half = { phase: "download", source: "the hub", received: 50_000_000, total: 100_000_000 } as const;
const fast = { ...half, bytesPerSecond: 12_500_000, secondsLeft: 4 };

describe("a line of progress", () => {
  test("says share, amount, speed and time left beside a bar", () => {
    assert.equal(
      progressLine(fast, 110),
      `Downloading ${"█".repeat(20)}${"░".repeat(20)}  50%  50 MB of 100 MB  13 MB/s  4 s left`,
    );
  });

  test("is plain where there is no terminal", () => {
    assert.equal(progressLine(fast, undefined), "Downloading from the hub: 50%, 50 MB of 100 MB, 13 MB/s, 4 s left");
    assert.equal(progressLine({ ...half, total: undefined }, undefined), "Downloading from the hub: 50 MB");
  });

  test("is never wider than the terminal, and shows the share as long as it can", () => {
    for (let columns = 1; columns <= 200; columns++) {
      for (const total of [half.total, undefined]) {
        for (const phase of ["download", "extract", "verify"] as const) {
          const line = progressLine({ ...fast, bytesPerSecond: 1e9 / 3, phase, total }, columns);
          assert.ok(line.length < columns || columns === 1, `${columns}: ${line}`);
          if (columns > 20) assert.match(line, total === undefined ? /50 MB/ : /50%/);
        }
      }
    }
  });

  test("writes sizes as people do", () => {
    const expected = { 0: "0 B", 999: "999 B", 1500: "1.5 kB", 98_362_432: "98 MB", 4_200_000_000: "4.2 GB" };
    for (const [bytes, words] of Object.entries(expected)) assert.equal(formatBytes(Number(bytes)), words);
  });
});

describe("the display of progress", () => {
  /** Plays a download of a megabyte every quarter second, and returns what was written. */
  function play(output: { isTTY: boolean; columns?: number }, seconds: number, after: ModelProgress[] = []): string {
    let written = "";
    let now = 0;
    const total = 4_000_000 * seconds;
    {
      using display = new ProgressDisplay({ ...output, write: (text) => (written += text) }, "tiny:1", () => now);
      const show = withPace(display.show, () => now);
      for (let received = 0; received < total; received += 1_000_000, now += 250) show({ ...half, received, total });
      for (const progress of after) display.show(progress);
    }
    return written;
  }

  test("draws one line over and over on a terminal, and leaves nothing of it", () => {
    const written = play({ isTTY: true, columns: 80 }, 10);
    assert.ok(!written.includes("\n"));
    const bars = new Set(written.match(/[█░]+/g)?.map((bar) => bar.length));
    assert.equal(bars.size, 1, "the bar's length should not jump");
    assert.match(written, /\rDownloading .*4\.0 MB\/s {2}5 s left/);
    assert.ok(written.endsWith("\r\u001B[K"));
    for (const line of written.split("\r")) assert.ok(line.replace("\u001B[K", "").length < 80);
  });

  test("prints a line every few seconds elsewhere", () => {
    const lines = play({ isTTY: false }, 10).trimEnd().split("\n");
    assert.equal(lines.length, 4);
    assert.equal(lines[0], "Downloading from the hub: 0%, 0 B of 40 MB");
    assert.ok(!lines.join("").includes("\u001B"));
  });

  test("says which source failed, and that it waits, on lines of their own", () => {
    const error = new MullamaError("DOWNLOAD_FAILED", "It is down.");
    const written = play({ isTTY: true }, 1, [{ phase: "source-failed", source: "the hub", error }, { phase: "wait" }]);
    const said = "the hub failed: It is down.\nWaiting for another process, which is fetching tiny:1 already.\n";
    assert.ok(written.endsWith(`\r\u001B[K${said}`));
  });

  test("breaks what is longer than the terminal between words, and indents what goes on", () => {
    const error = new MullamaError("DOWNLOAD_FAILED", "huggingface.co could not be reached: it is down.");
    const failed: ModelProgress = { phase: "source-failed", source: "the hub", error };
    assert.equal(
      play({ isTTY: true, columns: 40 }, 0, [failed]),
      "the hub failed: huggingface.co could\n  not be reached: it is down.\n",
    );
    const plain = "the hub failed: huggingface.co could not be reached: it is down.\n";
    assert.equal(play({ isTTY: false }, 0, [failed]), plain);
  });
});

describe("the pace of a transfer", () => {
  /** What a listener hears of a transfer's speed, whose progress comes at these seconds. */
  function paces(steps: readonly (readonly [second: number, received: number, total?: number])[]): unknown[] {
    let now = 0;
    const heard: unknown[] = [];
    const listen = withPace(
      (progress) => heard.push("received" in progress && [progress.bytesPerSecond, progress.secondsLeft]),
      () => now * 1000,
    );
    for (const [second, received, total] of steps) {
      now = second;
      listen({ phase: "download", source: "the hub", received, total });
    }
    return heard;
  }

  test("is not told before a fifth of a second, nor the time left where the size is not known", () => {
    assert.deepEqual(
      paces([
        [0, 0, 1000],
        [0.1, 50, 1000],
        [0.5, 250, 1000],
      ]),
      [
        [undefined, undefined],
        [undefined, undefined],
        [500, 1.5],
      ],
    );
    assert.deepEqual(
      paces([
        [0, 0],
        [1, 100],
      ]).at(-1),
      [100, undefined],
    );
  });

  test("is that of the last seconds, and begins anew with a file that is begun anew", () => {
    const slow = Array.from({ length: 11 }, (_, second) => [second, second * 100, 10_000] as const);
    const faster = Array.from({ length: 6 }, (_, second) => [11 + second, 1000 + (second + 1) * 1000, 10_000] as const);
    assert.deepEqual(paces([...slow, ...faster]).at(-1), [1000, 3]);
    assert.deepEqual(
      paces([
        [0, 5000, 10_000],
        [1, 6000, 10_000],
        [2, 0, 10_000],
        [3, 10, 10_000],
      ]).slice(2),
      [
        [undefined, undefined],
        [10, 999],
      ],
    );
  });

  test("costs little, however often progress is told", () => {
    const many = Array.from({ length: 200_000 }, (_, index) => [index / 100_000, index, 1e6] as const);
    const [speed] = paces(many).at(-1) as [number];
    assert.equal(Math.round(speed), 100_000);
  });
});

describe("progress for programs", () => {
  test("is a JSON object on each line, a few a second and the last one", () => {
    let now = 0;
    const lines: string[] = [];
    const listen = progressJson(
      (line) => lines.push(line),
      () => now,
    );
    for (let received = 0; received <= 1000; received++, now++) listen({ ...half, received, total: 1000 });
    listen({ phase: "wait" });
    listen({ phase: "source-failed", source: "the hub", error: new MullamaError("DOWNLOAD_FAILED", "It is down.") });
    assert.ok(lines.every((line) => line.endsWith("\n")));
    const told = lines.map((line) => JSON.parse(line) as ModelProgress);
    assert.deepEqual(
      told.slice(0, -2).map((each) => "received" in each && each.received),
      [0, 200, 400, 600, 800, 1000],
    );
    assert.deepEqual(told.slice(-2), [
      { phase: "wait" },
      { phase: "source-failed", source: "the hub", error: { code: "DOWNLOAD_FAILED", message: "It is down." } },
    ]);
  });
});
