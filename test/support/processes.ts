/** Processes as the system tells of them. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  /** Bytes of memory that it has now. */
  readonly resident: number;
}

/** Every process of this machine. */
async function processes(): Promise<readonly ProcessInfo[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,rss="]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0, kib = 0]) => ({ pid, parent, resident: kib * 1024 }));
}

/** A process's children that still run: one that has ended has no memory any more. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const all = await processes();
  return all.filter(({ parent, resident }) => parent === pid && resident > 0).map((child) => child.pid);
}

/** Bytes of memory that a process has now. */
export async function residentBytes(pid: number): Promise<number> {
  return (await processes()).find((one) => one.pid === pid)?.resident ?? 0;
}
