import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** A file, and its bytes so far. */
interface GrowingFile {
  readonly path: string;
  readonly size: number;
}

/** The largest file of a folder and those in it, if there is one that is meant. */
export async function largestFile(folder: string, isMeant = (_name: string) => true): Promise<GrowingFile | undefined> {
  let largest: GrowingFile | undefined;
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  for (const name of names.filter(isMeant)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true && found.size > (largest?.size ?? -1)) largest = { path, size: found.size };
  }
  return largest;
}

/** Tells every fifth of a second how much has come of what another program writes into a folder, until it is disposed. */
export function watchLargest(
  folder: string,
  isMeant: (name: string) => boolean,
  report: (bytes: number) => void,
): Disposable {
  let isDone = false;
  const watcher = setInterval(() => {
    void largestFile(folder, isMeant).then((found) => !isDone && report(found?.size ?? 0));
  }, 200);
  report(0);
  return {
    [Symbol.dispose]() {
      isDone = true;
      clearInterval(watcher);
    },
  };
}
