import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Every TypeScript file under `folder`, relative to the working directory, with forward slashes, sorted. */
export function typescriptFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).replaceAll("\\", "/"))
    .sort();
}

/** Written by a generator, so that no limit on hand-written code applies. */
export function isGenerated(path: string): boolean {
  return path.startsWith("src/native/generated/");
}
