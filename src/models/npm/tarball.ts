import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { MullamaError } from "../../errors.js";

/** A file of a tarball. Its bytes are read before the next file is asked for, or passed over. */
export interface TarballFile {
  /** Path in the package: without the folder that all of it is in. */
  readonly path: string;
  readonly size: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

const BLOCK = 512;
/** Most bytes of a header that says more of the file behind it. */
const LONGEST_HEADER = 1 << 20;

/** Reads the files of a package, one after another. @throws {MullamaError} `DOWNLOAD_FAILED` for what is no tarball */
export async function* readTarball(path: string): AsyncGenerator<TarballFile> {
  const unpacked = pipeline(createReadStream(path), createGunzip(), () => undefined);
  const reader = new ByteReader(unpacked);
  let said: ReadonlyMap<string, string> = new Map();
  try {
    for (;;) {
      const header = await reader.exactly(BLOCK);
      if (header.every((byte) => byte === 0)) return;
      requireChecksum(header);
      const size = Number(said.get("size") ?? numberAt(header, 124, 12));
      if (!Number.isSafeInteger(size) || size < 0) throw unreadable("a size in it is none");
      const type = String.fromCharCode(header[156] ?? 0);
      const padding = (BLOCK - (size % BLOCK)) % BLOCK;
      if (type === "x" || type === "L") {
        if (size > LONGEST_HEADER) throw unreadable("a header is too long");
        const text = (await reader.exactly(size)).toString();
        said = type === "L" ? new Map([["path", text.replace(/\0.*$/s, "")]]) : paxRecords(text);
      } else {
        const bytes = reader.next(size);
        const isFile = type === "0" || type === "\0" || type === "7";
        if (isFile) yield { path: withoutFolder(said.get("path") ?? nameOf(header)), size, bytes };
        for await (const _ of bytes);
        said = new Map();
      }
      await reader.exactly(padding);
    }
  } finally {
    unpacked.destroy();
  }
}

/** Bytes of a stream, by their count. */
class ByteReader {
  readonly #source: AsyncIterator<unknown>;
  #rest: Uint8Array = new Uint8Array();

  constructor(source: AsyncIterable<unknown>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async exactly(count: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for await (const part of this.next(count)) parts.push(part);
    return Buffer.concat(parts);
  }

  /** So many bytes, as they come; iterated again, it goes on where it was left. */
  next(count: number): AsyncIterable<Uint8Array> {
    let left = count;
    const read = async (): Promise<IteratorResult<Uint8Array>> => {
      if (left === 0) return { done: true, value: undefined };
      if (this.#rest.length === 0) await this.#fill();
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      return { done: false, value: part };
    };
    return { [Symbol.asyncIterator]: () => ({ next: read }) };
  }

  async #fill(): Promise<void> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#source.next();
      if (done === true) throw unreadable("it ends too early");
      this.#rest = value as Uint8Array;
    }
  }
}

/** What a PAX header says: lines of their own length, a key and a value. */
function paxRecords(text: string): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (const { groups } of text.matchAll(/^\d+ (?<key>[^=\n]+)=(?<value>.*)$/gm))
    records.set(groups?.["key"] ?? "", groups?.["value"] ?? "");
  return records;
}

function nameOf(header: Buffer): string {
  const prefix = header.toString("latin1", 257, 262) === "ustar" ? textAt(header, 345, 155) : "";
  const name = textAt(header, 0, 100);
  return prefix === "" ? name : `${prefix}/${name}`;
}

function withoutFolder(path: string): string {
  return path.replace(/^(?:\.\/)?[^/]+\//, "");
}

function textAt(header: Buffer, start: number, length: number): string {
  return header.toString("utf8", start, start + length).replace(/\0.*$/s, "");
}

/** A number in octal digits, or in binary where it needs more of them. */
function numberAt(header: Buffer, start: number, length: number): number {
  if (((header[start] ?? 0) & 0x80) !== 0) return header.readUIntBE(start + length - 6, 6);
  const digits = textAt(header, start, length).trim();
  if (!/^[0-7]*$/.test(digits)) throw unreadable("a number in it is none");
  return Number.parseInt(digits || "0", 8);
}

function requireChecksum(header: Buffer): void {
  let sum = 0;
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 32 : byte;
  if (sum !== numberAt(header, 148, 8)) throw unreadable("a checksum in it is wrong");
}

function unreadable(why: string): MullamaError {
  return new MullamaError("DOWNLOAD_FAILED", `The package that npm delivered cannot be read: ${why}.`);
}
