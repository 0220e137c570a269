import assert from "node:assert/strict";
import { mkdtempSync, openSync, readFileSync, closeSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { EventReader, writeEvents } from "../../src/engine/hosts/event-pipe.js";
import type { PlainEvent } from "../../src/engine/hosts/plain-error.js";

const lists: PlainEvent[][] = [
  [{ type: "chunk", id: 1, chunk: { text: "héllo", tokens: [1, 2] } }],
  [],
  [{ type: "result", id: 2, result: Uint8Array.from({ length: 100_000 }, (_, index) => index) }],
  [
    { type: "error", id: 3, error: { name: "Error", message: "m" } },
    { type: "result", id: 4, result: { embeddings: [Float32Array.of(1.5, -2)], tokens: 7 } },
  ],
];

function written(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "mullama-"));
  const file = openSync(join(folder, "pipe"), "w");
  for (const list of lists) writeEvents(file, list);
  closeSync(file);
  const bytes = readFileSync(join(folder, "pipe"));
  rmSync(folder, { recursive: true });
  return bytes;
}

for (const size of [1, 3, 4096, Infinity]) {
  it(`events come as they were written, in pieces of ${size} bytes`, () => {
    const bytes = written();
    const heard: (readonly PlainEvent[])[] = [];
    const reader = new EventReader((events) => heard.push(events));
    for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
    assert.deepEqual(heard, lists);
  });
}
