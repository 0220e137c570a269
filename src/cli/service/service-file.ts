import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mullamaHome } from "../../home.js";

/** Where the service of this user listens, as it says itself. */
export interface ServiceRecord {
  readonly pid: number;
  readonly url: string;
  readonly version: string;
  /** The key that lets this user do everything, where the service wants keys. */
  readonly key?: string | undefined;
}

const path = (): string => join(mullamaHome(), "service.json");

/** What the last service that was started says of itself; it may be gone. */
export function readServiceRecord(): ServiceRecord | undefined {
  try {
    const { pid, url, version, key } = JSON.parse(readFileSync(path(), "utf8")) as Partial<ServiceRecord>;
    if (typeof pid !== "number" || typeof url !== "string" || typeof version !== "string") return undefined;
    return { pid, url, version, ...(typeof key === "string" ? { key } : {}) };
  } catch {
    return undefined;
  }
}

/** Says where this process listens, to commands of the same user. @returns what takes it back */
export function writeServiceRecord(record: ServiceRecord): () => void {
  mkdirSync(mullamaHome(), { recursive: true });
  const beside = `${path()}.${randomUUID()}`;
  writeFileSync(beside, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  chmodSync(beside, 0o600);
  renameSync(beside, path());
  return () => {
    // Another one may have come since.
    if (readServiceRecord()?.pid === record.pid) rmSync(path(), { force: true });
  };
}
