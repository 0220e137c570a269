import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { ByteSink } from "./byte-sink.js";
import { contentBytes } from "./tensor-content.js";
import { writeHeader, type GgufContent } from "./write.js";

let serial = 0;

/**
 * Writes a GGUF file. It appears under its name whole or not at all: the bytes go to a file beside it first.
 *
 * @throws ArgumentError as `writeGguf` does; the operating system's errors when the file cannot be written.
 */
export function writeGgufFile(path: string, content: GgufContent): void {
  const temporary = `${path}.${process.pid}.${serial++}.tmp`;
  try {
    writeTo(temporary, content);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writeTo(path: string, content: GgufContent): void {
  const header = new ByteSink();
  const alignment = writeHeader(header, content);
  header.pad(alignment);
  const descriptor = openSync(path, "wx");
  try {
    writeAll(descriptor, header.finish());
    for (const tensor of content.tensors ?? []) {
      const data = contentBytes(tensor);
      writeAll(descriptor, data);
      writeAll(descriptor, new Uint8Array((alignment - (data.byteLength % alignment)) % alignment));
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.byteLength) done += writeSync(descriptor, bytes, done, bytes.byteLength - done);
}
