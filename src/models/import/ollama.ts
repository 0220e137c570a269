import { readdir, readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { throwIfAborted } from "../cancel.js";
import { ModelStore } from "../store/model-store.js";
import { ImportLog, type ImportOptions, type ImportReport } from "./import-report.js";
import { recordOfManifest } from "./ollama-manifest.js";

/**
 * Makes the models that Ollama has fetched usable under their names, without copying any of them.
 *
 * @param store where they are remembered
 * @param options `folder`: default `OLLAMA_MODELS`, or else `~/.ollama/models`
 *
 * @example
 * const { imported, refused } = await importOllama(new ModelStore());
 */
export async function importOllama(
  store: ModelStore = new ModelStore(),
  options: ImportOptions = {},
): Promise<ImportReport> {
  const folder = resolve(options.folder ?? (await defaultFolder()));
  const log = new ImportLog(store, options);
  for (const parts of await manifestsOf(join(folder, "manifests"))) {
    if (options.signal !== undefined) throwIfAborted(options.signal);
    const name = nameOf(parts);
    await log.import(name, async () => {
      const text = await readFile(join(folder, "manifests", ...parts), "utf8");
      return recordOfManifest(folder, name, text);
    });
  }
  return log.report(folder);
}

async function defaultFolder(): Promise<string> {
  const given = process.env["OLLAMA_MODELS"];
  if (given !== undefined && given !== "") return given;
  const own = join(homedir(), ".ollama", "models");
  const service = "/usr/share/ollama/.ollama/models";
  const exists = (path: string): Promise<boolean> =>
    stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
  return !(await exists(own)) && (await exists(service)) ? service : own;
}

/** The host, namespace, model and tag of each manifest. */
async function manifestsOf(folder: string, parents: readonly string[] = []): Promise<(readonly string[])[]> {
  const entries = await readdir(join(folder, ...parents), { withFileTypes: true }).catch(() => []);
  const found: (readonly string[])[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const parts = [...parents, entry.name];
    if (entry.isDirectory() && parts.length < 4) found.push(...(await manifestsOf(folder, parts)));
    else if (entry.isFile() && parts.length === 4 && !entry.name.startsWith(".")) found.push(parts);
  }
  return found;
}

function nameOf([host = "", namespace = "", model = "", tag = ""]: readonly string[]): string {
  const path = namespace === "library" ? model : `${namespace}/${model}`;
  return host === "registry.ollama.ai" ? `${path}:${tag}` : `${host}/${namespace}/${model}:${tag}`;
}
