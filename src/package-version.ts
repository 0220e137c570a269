import { readFileSync } from "node:fs";

/** The version in our package.json, which stands some folders above the compiled file. */
export function packageVersion(): string {
  for (const path of ["../package.json", "../../package.json", "../../../package.json"]) {
    try {
      const manifest = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as {
        name?: string;
        version?: string;
      };
      if (manifest.name === "mullama" && manifest.version !== undefined) return manifest.version;
    } catch {
      continue;
    }
  }
  return "(unknown version)";
}
