/** Opens llama.cpp: finds its libraries, checks their version, loads the backends, binds the functions. */
import { type LogLine, MullamaError } from "../errors.js";
import { type FunctionTable } from "./function.js";
import { functionTables, type NativeFunctions } from "./generated/index.js";
import { release } from "./generated/release.js";
import { koffi } from "./koffi.js";
import { backendFiles, type Candidate, libraryFile, locateLibraries, type Missing } from "./locate.js";
import { captureLog, silenceLog } from "./log.js";
import type { BackendName } from "./packages.js";
import type { Pointer } from "./pointer.js";
import { processLock } from "./process.js";
import { recorded } from "./record.js";
import { nativeType } from "./types.js";

export interface OpenOptions {
  /** The folder of the libraries. Default: `MULLAMA_LIBRARY_DIR`, then own builds, then installed packages. */
  readonly directory?: string | undefined;
  /** The backend to open. Default: `MULLAMA_BACKEND`, else the best that is installed. */
  readonly backend?: BackendName | undefined;
}

/** An opened llama.cpp. There is one a thread. */
export interface NativeLibrary {
  /** Every function of the C API, by its C name. */
  readonly functions: NativeFunctions;
  readonly directory: string;
  /** What the libraries were built for; `custom` for a folder that was named. */
  readonly backend: BackendName | "custom";
  /** The file of the CPU backend that suits this machine best. */
  readonly cpuBackend: string | undefined;
  /** What `llama_version` says. */
  readonly version: string;
  /** What was logged while opening. */
  readonly log: readonly LogLine[];
  /** Whether a function can be called: its library is present and exports it. */
  has(name: keyof NativeFunctions): boolean;
  /** The address of a function, for C's own use. */
  addressOf(name: keyof NativeFunctions): Pointer<string>;
}

type Handle = ReturnType<typeof koffi.load>;

let opened: NativeLibrary | undefined;

/**
 * Opens llama.cpp's libraries once for this thread; later calls return the same object.
 *
 * @throws MullamaError `LIBRARY_NOT_FOUND` when none can be opened, with each loader's message;
 * `LIBRARY_MISMATCH` when it is another release than these bindings are for.
 * @example
 * const { functions: c } = openLibrary();
 * console.log(c.llama_version());
 */
export function openLibrary(options: OpenOptions = {}): NativeLibrary {
  opened ??= openBest(options);
  return opened;
}

function openBest(options: OpenOptions): NativeLibrary {
  const { found, missing } = locateLibraries(options.directory, options.backend);
  const failures: Missing[] = [...missing];
  for (const candidate of found) {
    try {
      probe(candidate);
      return processLock(() => openCandidate(candidate));
    } catch (error) {
      if (MullamaError.isInstance(error) && error.code === "LIBRARY_MISMATCH") throw error;
      failures.push({
        origin: `${candidate.origin} (${candidate.folder})`,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }
  throw notFound(failures);
}

/**
 * Whether the machine has what the candidate's GPU backend needs (driver, runtime libraries): the loader says.
 * Asked before anything else of that folder is opened, since two builds in one process would mix.
 */
function probe({ folder, backend }: Candidate): void {
  for (const file of backend === "cpu" || backend === "custom" ? [] : (backendFiles(folder).get(backend) ?? []))
    koffi.load(file);
}

function notFound(failures: readonly Missing[]): MullamaError {
  const platform = `${process.platform}-${process.arch}`;
  const tried = failures.map(({ origin, reason }) => `\n  - ${origin}: ${reason}`).join("");
  const hint =
    failures.every(({ reason }) => reason === "not installed") && failures.length > 0
      ? `Install them with \`npm install ${failures.at(-1)?.origin ?? ""}@${release.packages}\` (optional dependencies may have been left out), or name a folder in MULLAMA_LIBRARY_DIR.`
      : `Build llama.cpp ${release.name} with shared libraries and name its folder in MULLAMA_LIBRARY_DIR.`;
  return new MullamaError(
    "LIBRARY_NOT_FOUND",
    `No llama.cpp library for ${platform} could be opened.${tried === "" ? "" : ` Tried:${tried}\n`}`,
    { hint },
  );
}

function openCandidate({ folder, backend }: Candidate): NativeLibrary {
  const libraries = new Libraries(folder);
  for (const library of ["ggml-base", "ggml", "llama"]) libraries.require(library);
  const functions = bindFunctions(libraries);
  const version = functions.llama_version() ?? "";
  if (!isPinned(version)) throw mismatch(folder, version);
  silenceLog(functions, libraries.address("llama_log_set"));
  const { result: cpuBackend, log } = captureLog(functions, () => loadBackends(functions, libraries, folder));
  functions.llama_backend_init();
  return {
    functions,
    directory: folder,
    backend,
    cpuBackend,
    version,
    log,
    has: (name) => libraries.has(name),
    addressOf: (name) => libraries.address(name),
  };
}

function isPinned(version: string): boolean {
  return version === release.version || version.startsWith(`${release.version}-`);
}

function mismatch(folder: string, version: string): MullamaError {
  return new MullamaError(
    "LIBRARY_MISMATCH",
    `The libraries in ${folder} are llama.cpp ${version}, but mullama is made for ${release.name}.`,
    {
      hint: `Build release ${release.name}, or install the mullama that is made for ${version}.`,
    },
  );
}

/** Loads each kind of backend once, the variant that ggml scores best for this machine; returns the CPU's file. */
function loadBackends(api: NativeFunctions, libraries: Libraries, folder: string): string | undefined {
  let cpu: string | undefined;
  for (const [name, files] of backendFiles(folder)) {
    const best = bestVariant(files);
    if (best === undefined) continue;
    if (name === "cpu") {
      cpu = best;
      libraries.add("ggml-cpu", best);
    }
    if (!isRegistered(api, name)) api.ggml_backend_load(best);
  }
  return cpu;
}

/** Another thread, or the library itself when it was built without loadable backends, may have registered it. */
function isRegistered(api: NativeFunctions, name: string): boolean {
  const count = Number(api.ggml_backend_reg_count());
  for (let index = 0; index < count; index++) {
    const registry = api.ggml_backend_reg_get(index);
    if (registry !== null && api.ggml_backend_reg_name(registry)?.toLowerCase() === name) return true;
  }
  return false;
}

function bestVariant(files: readonly string[]): string | undefined {
  if (files.length === 1) return files[0];
  const scored = files.map((file) => ({ file, score: scoreOf(file) }));
  const best = scored.reduce((one, other) => (other.score > one.score ? other : one), { file: "", score: 0 });
  return best.score > 0 ? best.file : undefined;
}

/** What the backend itself says of this machine: 0 is "cannot run here". */
function scoreOf(file: string): number {
  try {
    const library = koffi.load(file);
    try {
      return library.func("ggml_backend_score", "int", [])() as number;
    } finally {
      library.unload();
    }
  } catch {
    return 0;
  }
}

/** The opened library files, by the names that the function tables use. */
class Libraries {
  readonly #folder: string;
  readonly #files = new Map<string, string>();
  readonly #handles = new Map<string, Handle>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  add(library: string, file: string): void {
    this.#files.set(library, file);
  }

  require(library: string): Handle {
    let handle = this.#handles.get(library);
    if (handle === undefined) {
      const file = this.#files.get(library) ?? libraryFile(this.#folder, library);
      if (file === undefined)
        throw new MullamaError("LIBRARY_NOT_FOUND", `There is no ${library} library in ${this.#folder}.`, {
          hint: hintFor(library),
        });
      handle = koffi.load(file);
      this.#handles.set(library, handle);
    }
    return handle;
  }

  /** The library that exports a function. The registry's functions of ggml-backend.h live in ggml, the rest in ggml-base. */
  holder(table: FunctionTable, name: string): Handle {
    const names = table.library === "ggml-base" ? ["ggml-base", "ggml"] : [table.library];
    const errors: string[] = [];
    for (const library of names) {
      const handle = this.require(library);
      try {
        handle.symbol(name);
        return handle;
      } catch (error) {
        errors.push(error instanceof Error ? error.message : String(error));
      }
    }
    throw new MullamaError(
      "SYMBOL_MISSING",
      `${name} is not exported by the ${table.library} library in ${this.#folder}.`,
      { cause: errors.join("; ") },
    );
  }

  address(name: keyof NativeFunctions): Pointer<string> {
    return this.holder(tableOf(name), name).symbol(name) as Pointer<string>;
  }

  has(name: keyof NativeFunctions): boolean {
    try {
      this.address(name);
      return true;
    } catch {
      return false;
    }
  }
}

function hintFor(library: string): string {
  const optional = library === "mtmd" || library === "ggml-rpc";
  return optional
    ? `The installed packages do not carry it: build llama.cpp ${release.name} with it and name the folder in MULLAMA_LIBRARY_DIR.`
    : "Name a folder with all of llama.cpp's libraries.";
}

function tableOf(name: string): FunctionTable {
  const table = functionTables.find((candidate) => name in candidate.signatures);
  if (table === undefined)
    throw new MullamaError("SYMBOL_MISSING", `${name} is not a function of llama.cpp ${release.name}.`);
  return table;
}

/** An object whose every property becomes its C function at first use. */
function bindFunctions(libraries: Libraries): NativeFunctions {
  const functions: Record<string, unknown> = {};
  for (const table of functionTables) {
    for (const [name, signature] of Object.entries(table.signatures)) {
      const define = (value: unknown): unknown => {
        Object.defineProperty(functions, name, { value, enumerable: true });
        return value;
      };
      Object.defineProperty(functions, name, {
        configurable: true,
        enumerable: true,
        get: () => define(bindFunction(libraries, table, name, signature)),
      });
    }
  }
  return functions as unknown as NativeFunctions;
}

function bindFunction(
  libraries: Libraries,
  table: FunctionTable,
  name: string,
  [result = "void", ...parameters]: readonly string[],
): unknown {
  try {
    const types = parameters.map((notation) => (notation === "..." ? notation : nativeType(notation)));
    return recorded(name, libraries.holder(table, name).func(name, nativeType(result), types));
  } catch (error) {
    // A library that is not here fails the call, not the look at the function.
    const fail = (): never => {
      throw error;
    };
    return Object.assign(fail, { async: fail });
  }
}
