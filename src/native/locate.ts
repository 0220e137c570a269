/** Where llama.cpp's libraries can be on this machine, best first. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ArgumentError } from "../errors.js";
import { mullamaHome } from "../home.js";
import { release } from "./generated/release.js";
import { type BackendName, libraryFolderOf, platformPackages } from "./packages.js";

/** A folder that may hold the libraries. */
export interface Candidate {
  readonly folder: string;
  readonly backend: BackendName | "custom";
  /** Why this folder: for error messages. */
  readonly origin: string;
}

/** A place that was looked at and has nothing to open. */
export interface Missing {
  readonly origin: string;
  readonly reason: string;
}

const backends: readonly BackendName[] = ["cuda", "vulkan", "metal", "cpu"];

/** Lists candidates: the named folder alone, or own builds and then installed packages. */
export function locateLibraries(
  directory: string | undefined,
  backend: BackendName | undefined,
): { found: Candidate[]; missing: Missing[] } {
  const given = directory ?? environment("MULLAMA_LIBRARY_DIR");
  if (given !== undefined) {
    return {
      found: [
        { folder: given, backend: "custom", origin: directory === undefined ? "MULLAMA_LIBRARY_DIR" : "directory" },
      ],
      missing: [],
    };
  }
  const wanted = backend ?? forcedBackend();
  const found: Candidate[] = [];
  const missing: Missing[] = [];
  for (const name of backends) {
    const folder = join(mullamaHome(), "libraries", release.name, name);
    if ((wanted ?? name) === name && libraryFile(folder, "llama") !== undefined)
      found.push({ folder, backend: name, origin: "own build" });
  }
  for (const pack of platformPackages()) {
    if (wanted !== undefined && pack.backend !== wanted) continue;
    try {
      found.push({ folder: libraryFolderOf(pack), backend: pack.backend, origin: pack.name });
    } catch {
      missing.push({ origin: pack.name, reason: "not installed" });
    }
  }
  return { found, missing };
}

function forcedBackend(): BackendName | undefined {
  const value = environment("MULLAMA_BACKEND");
  if (value === undefined) return undefined;
  const backend = backends.find((name) => name === value);
  if (backend === undefined) throw new ArgumentError("MULLAMA_BACKEND", `one of ${backends.join(", ")}`, value);
  return backend;
}

function environment(name: string): string | undefined {
  const value = process.env[name];
  return value === "" ? undefined : value;
}

const suffix = { win32: "dll", darwin: "dylib" }[process.platform as string] ?? "so";

/** The file of a library in a folder, whatever version its name carries: `libllama.so`, `libllama.so.0`, `libllama.v0.5.0.so`, `llama.dll`. */
export function libraryFile(folder: string, library: string): string | undefined {
  const pattern = new RegExp(`^(lib)?${library}(\\.(cuda|vulkan|metal))?(\\.v?[\\d.]+)?\\.${suffix}(\\.[\\d.]+)?$`);
  const name = list(folder)
    .sort()
    .find((file) => pattern.test(file));
  return name === undefined ? undefined : join(folder, name);
}

/** The loadable backends in a folder: `cpu` with one file a micro-architecture, `cuda`, `vulkan`, `rpc`, … */
export function backendFiles(folder: string): Map<string, string[]> {
  // On macOS backends are bundles, which end in .so.
  const pattern = new RegExp(`^(?:lib)?ggml-([a-z0-9]+)(?:-[\\w.]+)?\\.(?:${suffix}|so)$`);
  const found = new Map<string, string[]>();
  for (const file of list(folder).sort()) {
    const name = pattern.exec(file)?.[1];
    if (name !== undefined && name !== "base") found.set(name, [...(found.get(name) ?? []), join(folder, file)]);
  }
  return found;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
