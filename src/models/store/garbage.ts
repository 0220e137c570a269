import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { checkBoolean, checkNumber } from "../../llama/check.js";
import { tryLock } from "../lock.js";
import { UNFINISHED } from "./atomic-write.js";
import { bytesFreed } from "./bytes-freed.js";
import type { ModelStore } from "./model-store.js";
import { readRecords } from "./record-file.js";
import { withStoreLock } from "./store-lock.js";

const HOUR = 3600;

export interface GarbageOptions {
  /** Only tell what would be cleared away. Default false. */
  readonly dryRun?: boolean | undefined;
  /** Seconds for which a file that no model needs stays, for whoever is about to make one of it. Default 3600. */
  readonly minAge?: number | undefined;
  /** Seconds after which a download that nobody went on with is given up. Default 604,800, a week. */
  readonly partialAge?: number | undefined;
}

/** Something that no model needs. */
export interface Garbage {
  readonly kind: "file" | "partial" | "lock" | "record";
  readonly path: string;
  readonly bytes: number;
}

export interface GarbageReport {
  /** What was cleared away, or would be. */
  readonly removed: readonly Garbage[];
  /** Bytes in all. */
  readonly bytes: number;
}

/** Clears away what no model needs. */
export async function collectGarbage(store: ModelStore, options: GarbageOptions): Promise<GarbageReport> {
  const { dryRun = false, minAge = HOUR, partialAge = 7 * 24 * HOUR } = options;
  checkBoolean("dryRun", dryRun);
  checkNumber("minAge", minAge, 0, Number.MAX_SAFE_INTEGER);
  checkNumber("partialAge", partialAge, 0, Number.MAX_SAFE_INTEGER);
  if ((await stat(store.home).catch(() => undefined)) === undefined) return { removed: [], bytes: 0 };
  const removed = [
    ...(await withStoreLock(store.home, async () => [
      ...(await clearRecords(store, dryRun)),
      ...(await clearFiles(store, minAge, dryRun)),
    ])),
    ...(await clearPartials(join(store.home, "partial"), minAge, partialAge, dryRun)),
  ];
  return { removed, bytes: removed.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Records that cannot be read, or that were never finished: whoever writes one holds the lock that we hold. */
async function clearRecords(store: ModelStore, dryRun: boolean): Promise<Garbage[]> {
  const folder = join(store.home, "names");
  const broken = (await readRecords(folder)).filter(({ record }) => record === undefined).map(({ path }) => path);
  const unfinished = (await entriesOf(folder)).filter((path) => path.endsWith(UNFINISHED));
  return clear("record", [...broken, ...unfinished], dryRun);
}

/** Files that no record names, and what was derived from them. */
async function clearFiles(store: ModelStore, minAge: number, dryRun: boolean): Promise<Garbage[]> {
  const needed = await store.referenced();
  const garbage: Garbage[] = [];
  for (const path of await entriesOf(join(store.home, "models"))) {
    const sha256 = /sha256-(?<hex>[\da-f]{64})\.gguf$/.exec(path)?.groups?.["hex"];
    // What has another name was put there by somebody else.
    if (sha256 === undefined || needed.has(sha256) || (await ageOf(path)) < minAge) continue;
    garbage.push({ kind: "file", path, bytes: await bytesFreed(path) });
    if (!dryRun) await store.discard(sha256);
  }
  return garbage;
}

/** Downloads that nobody went on with, each under its own lock, and locks of processes that are gone. */
async function clearPartials(folder: string, minAge: number, partialAge: number, dryRun: boolean): Promise<Garbage[]> {
  const garbage: Garbage[] = [];
  const entries = await entriesOf(folder);
  // What was being uploaded; nobody can go on with it.
  const blobs = entries.filter((path) => path.endsWith(".part"));
  const blobAge = Math.min(partialAge, HOUR);
  for (const path of blobs)
    if ((await ageOf(path)) >= blobAge) garbage.push(...(await clear("partial", [path], dryRun)));
  // A lock that was moved aside to be removed, by a process that did not come to it.
  const aside = entries.filter((path) => /\.lock\.[\da-f-]+$/.test(path));
  for (const path of aside) if ((await ageOf(path)) >= minAge) garbage.push(...(await clear("lock", [path], dryRun)));
  const names = new Set(entries.filter((path) => !blobs.includes(path) && !aside.includes(path)).map(withoutLock));
  for (const directory of names) {
    const path = `${directory}.lock`;
    const wasLocked = entries.includes(path);
    if (dryRun && wasLocked && (await ageOf(path)) < 120) continue;
    const lock = dryRun ? undefined : await tryLock(path);
    if (!dryRun && lock === undefined) continue;
    try {
      if (wasLocked) garbage.push({ kind: "lock", path, bytes: 0 });
      const isOld = entries.includes(directory) && (await ageOf(directory)) >= partialAge;
      if (isOld) garbage.push(...(await clear("partial", [directory], dryRun)));
    } finally {
      await lock?.release();
    }
  }
  return garbage;
}

async function clear(kind: Garbage["kind"], paths: readonly string[], dryRun: boolean): Promise<Garbage[]> {
  const garbage: Garbage[] = [];
  for (const path of paths) {
    garbage.push({ kind, path, bytes: await bytesFreed(path) });
    if (!dryRun) await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
  return garbage;
}

function withoutLock(path: string): string {
  return path.replace(/\.lock$/, "");
}

async function entriesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.map((name) => join(folder, name));
}

/** Seconds since a file, or the youngest file of a folder, was changed; 0 for what is gone meanwhile. */
async function ageOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 0;
  const own = (Date.now() - found.mtimeMs) / 1000;
  if (!found.isDirectory()) return own;
  return Math.min(own, ...(await Promise.all((await entriesOf(path)).map(ageOf))));
}
