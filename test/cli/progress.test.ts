import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ProgressDisplay } from "../../src/cli/progress-display.js";
import { formatBytes, progressLine } from "../../src/cli/progress-line.js";
import { MullamaError } from "../../src/errors.js";
import type { ModelProgress } from "../../src/models/index.js";

const half = { phase: "download", source: "the hub", received: 50_000_000, total: 100_000_000 } as const;

describe("a line of progress", () => {
  test("says share, amount, speed and time left beside a bar", () => {
    assert.equal(
      progressLine(half, 12_500_000, 110),
      `Downloading ${"█".repeat(20)}${"░".repeat(20)}  50%  50 MB of 100 MB  13 MB/s  4 s left`,
    );
  });

  test("is plain where there is no terminal", () => {
    assert.equal(
      progressLine(half, 12_500_000, undefined),
      "Downloading from the hub: 50%, 50 MB of 100 MB, 13 MB/s, 4 s left",
    );
    assert.equal(progressLine({ ...half, total: undefined }, undefined, undefined), "Downloading from the hub: 50 MB");
  });

  test("is never wider than the terminal, and shows the share as long as it can", () => {
    for (let columns = 1; columns <= 200; columns++) {
      for (const total of [half.total, undefined]) {
        for (const phase of ["download", "extract", "verify"] as const) {
          const line = progressLine({ ...half, phase, total }, 1e9 / 3, columns);
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
      for (let received = 0; received < total; received += 1_000_000, now += 250) {
        display.show({ ...half, received, total });
      }
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
