import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";

/** Makes a zip archive in memory, with every member deflated. */
export function makeWheel(members: Readonly<Record<string, Uint8Array>>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(members)) {
    const data = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), data]);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\0", "latin1"), common, place, Buffer.from(name)]));
    bodies.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, central, end]);
}

/** A program named `pip` in a folder of its own, which is all that PATH then names. */
export class FakePip implements Disposable {
  readonly #log: string;
  readonly #path = process.env["PATH"];

  private constructor(folder: string) {
    this.#log = join(folder, "log");
    process.env["PATH"] = folder;
  }

  /** `body` runs with `args`, `dest` and `fs` at hand, after the call has been noted. */
  static async install(parent: string, body: string, name = "pip"): Promise<FakePip> {
    const folder = join(parent, "bin");
    await mkdir(folder, { recursive: true });
    const script = [
      `#!${process.execPath}`,
      'const fs = require("node:fs");',
      "const args = process.argv.slice(2);",
      'const dest = args[args.indexOf("--dest") + 1];',
      `fs.appendFileSync(${JSON.stringify(join(folder, "log"))}, JSON.stringify(args) + "\\n");`,
      body,
    ];
    await writeFile(join(folder, name), script.join("\n"));
    await chmod(join(folder, name), 0o755);
    return new FakePip(folder);
  }

  /** The arguments of every call so far. */
  async calls(): Promise<string[][]> {
    const text = await readFile(this.#log, "utf8").catch(() => "");
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as string[]);
  }

  [Symbol.dispose](): void {
    process.env["PATH"] = this.#path;
  }
}
