import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { acquireLock } from "../lock.js";

const NEVER = new AbortController().signal;
/** For each store the last of those that wait in this process. */
const queues = new Map<string, Promise<unknown>>();

/**
 * Does what changes which files are needed while nobody else does: within this process one after the other, between
 * processes by a lock. Only short work belongs here; nothing is downloaded or hashed meanwhile.
 */
export async function withStoreLock<Result>(home: string, work: () => Promise<Result>): Promise<Result> {
  const before = queues.get(home);
  const mine = (async () => {
    await before?.catch(() => undefined);
    return locked(home, work);
  })();
  queues.set(home, mine);
  try {
    return await mine;
  } finally {
    if (queues.get(home) === mine) queues.delete(home);
  }
}

async function locked<Result>(home: string, work: () => Promise<Result>): Promise<Result> {
  await mkdir(home, { recursive: true });
  const lock = await acquireLock(join(home, "store.lock"), NEVER, () => undefined);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}
