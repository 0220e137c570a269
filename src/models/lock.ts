import { randomUUID } from "node:crypto";
import { link, readFile, rename, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { pause, throwIfAborted } from "./cancel.js";

/** How often a holder shows that it lives, in milliseconds. */
const HEARTBEAT = 1000;
/** Silence after which the lock of a process that is gone may be taken. The margin is for machines that share a name. */
const DEAD_AFTER = 3 * HEARTBEAT;
/** Silence after which any lock may be taken: its holder is on another machine, or its process id was given away again. */
const LOST_AFTER = 120 * HEARTBEAT;

/** A lock between processes: a file that says who holds it, touched every second. */
export interface FileLock {
  /** Whether it is still ours: a holder that was suspended for minutes may have lost it. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

interface Holder {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
}

/**
 * Takes the lock at `path`, waiting for its holder to finish.
 * A lock whose holder was killed is taken over.
 *
 * @param onWait Called once, when there is somebody to wait for.
 */
export async function acquireLock(path: string, signal: AbortSignal, onWait: () => void): Promise<FileLock> {
  const holder: Holder = { token: randomUUID(), pid: process.pid, host: hostname() };
  for (let waited = false; ;) {
    throwIfAborted(signal);
    if (await create(path, holder)) return hold(path, holder.token);
    if (await removeStale(path)) continue;
    if (!waited) onWait();
    waited = true;
    await pause(100, signal);
  }
}

/** Takes the lock at `path` if nobody who lives holds it; undefined otherwise. */
export async function tryLock(path: string): Promise<FileLock | undefined> {
  const holder: Holder = { token: randomUUID(), pid: process.pid, host: hostname() };
  if ((await create(path, holder)) || ((await removeStale(path)) && (await create(path, holder)))) {
    return hold(path, holder.token);
  }
  return undefined;
}

async function create(path: string, holder: Holder): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(holder), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function hold(path: string, token: string): FileLock {
  const isHeld = async (): Promise<boolean> => (await readHolder(path))?.token === token;
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, HEARTBEAT);
  beat.unref();
  return {
    isHeld,
    async release() {
      clearInterval(beat);
      if (await isHeld()) await unlink(path).catch(() => undefined);
    },
  };
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

/** Removes the lock of a holder that is gone; false where there is a living one. */
async function removeStale(path: string): Promise<boolean> {
  const holder = await readHolder(path);
  const silence = await stat(path).then(
    (found) => Date.now() - found.mtimeMs,
    () => undefined,
  );
  if (silence === undefined) return true;
  if (silence < DEAD_AFTER || (silence < LOST_AFTER && !isGone(holder))) return false;

  const aside = `${path}.${randomUUID()}`;
  if (
    !(await rename(path, aside).then(
      () => true,
      () => false,
    ))
  )
    return true;
  // Between reading and renaming, another process may have put its own lock there: give that one back.
  const moved = await readHolder(aside);
  if (moved?.token !== holder?.token) await link(aside, path).catch(() => undefined);
  await unlink(aside);
  return true;
}

function isGone(holder: Holder | undefined): boolean {
  if (holder === undefined) return true;
  if (holder.host !== hostname()) return false;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
