import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { gzipSync } from "node:zlib";
import { MullamaError } from "../../errors.js";

/** A file of the page, ready to be sent. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly gzipped: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Where the page was built to, from a file of the package and from a compiled test. */
const folders = ["../web/", "../../../../dist/web/"];

let known: ReadonlyMap<string, PageFile> | undefined;

/** The files of the page by name. They are read the first time that someone wants one. */
export function pageFiles(): ReadonlyMap<string, PageFile> {
  known ??= readPage();
  return known;
}

function readPage(): ReadonlyMap<string, PageFile> {
  for (const path of folders) {
    const folder = new URL(path, import.meta.url);
    const names = listFolder(folder);
    if (names.includes("index.html"))
      return new Map(names.map((name): [string, PageFile] => [name, readPageFile(folder, name)]));
  }
  throw new MullamaError("NOT_FOUND", "The web page is not beside the server's code.", {
    hint: "Where a bundler packs the server, leave mullama out of the bundle, or say page: false.",
  });
}

function listFolder(folder: URL): string[] {
  try {
    return readdirSync(folder).filter((name) => extname(name) in types);
  } catch {
    return [];
  }
}

function readPageFile(folder: URL, name: string): PageFile {
  const bytes = new Uint8Array(readFileSync(new URL(name, folder)));
  return {
    type: types[extname(name)] ?? "application/octet-stream",
    bytes,
    gzipped: new Uint8Array(gzipSync(bytes, { level: 9 })),
    etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`,
  };
}
