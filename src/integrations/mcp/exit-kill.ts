/** Processes that must not outlive this one, should it exit before they were closed. */
const alive = new Set<number>();

/** @returns what to call when the process has ended */
export function killAtExit(pid: number): () => void {
  if (alive.size === 0) process.on("exit", killAll);
  alive.add(pid);
  return () => {
    if (alive.delete(pid) && alive.size === 0) process.off("exit", killAll);
  };
}

function killAll(): void {
  for (const pid of alive) {
    try {
      process.kill(pid, "SIGTERM");
    } catch {
      // It has ended by itself.
    }
  }
}
