/** llama.cpp's own llama-bench and `loops.c`, compiled once and linked against the library files that mullama opened. */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { readPin, root, sourceFolder } from "../scripts/bindgen/source.js";
import type { NativeLibrary } from "../src/native/index.js";
import { libraryFile } from "../src/native/locate.js";
import { batchSize, microBatchSize, type Workload } from "./workload.js";

const project = join(root, "bench", "baseline");

/** The compiled programs, and the library that they run on. */
export interface Baseline {
  readonly folder: string;
  readonly library: NativeLibrary;
}

/** A compiled llama-server, and the library that it runs on. */
export interface ServerProgram {
  readonly program: string;
  readonly library: NativeLibrary;
}

/**
 * Compiles llama-bench and the loops into `.cache/`, unless they are there: about 15 seconds.
 *
 * They link against `libllama-common` too, which the installed packages carry; a library folder of one's own must hold it
 * as well. Needs CMake and a C++ compiler, on Linux or macOS.
 */
export function buildBaseline(library: NativeLibrary): Baseline {
  return { folder: build(library, "bench", ["llama-bench", "loops"]), library };
}

/** Compiles llama-server likewise: some minutes. */
export function buildServer(library: NativeLibrary): ServerProgram {
  return { program: join(build(library, "server", ["llama-server"]), "llama-server"), library };
}

/** @returns the folder with the programs */
function build(library: NativeLibrary, name: string, targets: readonly string[]): string {
  const files = ["llama-common", "llama", "ggml", "ggml-base"].map((each) => {
    const file = libraryFile(library.directory, each);
    if (file === undefined)
      throw new Error(`llama.cpp's programs need the ${each} library, which ${library.directory} lacks.`);
    return file;
  });
  const recipe = ["CMakeLists.txt", "llama-server.cmake", "loops.c"].map((each) =>
    readFileSync(join(project, each), "utf8"),
  );
  const key = createHash("sha256")
    .update(JSON.stringify([files, recipe]))
    .digest("hex")
    .slice(0, 12);
  const folder = join(root, ".cache", `${name}-${readPin().release}-${key}`);
  if (!existsSync(folder)) compile(folder, files, targets);
  return folder;
}

function compile(folder: string, libraries: readonly string[], targets: readonly string[]): void {
  const work = `${folder}.${process.pid}.tmp`;
  mkdirSync(work, { recursive: true });
  const run = (args: readonly string[]): void => {
    execFileSync("cmake", args, { stdio: ["ignore", "ignore", "inherit"] });
  };
  try {
    const definitions = {
      CMAKE_BUILD_TYPE: "Release",
      LLAMA_SOURCE: sourceFolder(),
      LLAMA_LIBRARIES: libraries.join(";"),
    };
    run(["-S", project, "-B", work, ...Object.entries(definitions).map(([key, value]) => `-D${key}=${value}`)]);
    run(["--build", work, "--parallel", String(availableParallelism()), "--target", ...targets]);
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Runs llama-bench in a process of its own; returns tokens per second, one a repetition. */
export function runLlamaBench({ folder, library }: Baseline, model: string, threads: number, work: Workload): number[] {
  const [prompt, generated] = work.kind === "prefill" ? [work.tokens, 0] : [0, work.tokens];
  const flags = {
    m: resolve(model),
    p: prompt,
    n: generated,
    d: work.depth,
    r: work.repetitions,
    t: threads,
    b: batchSize,
    ub: microBatchSize,
    o: "json",
  };
  const args = Object.entries(flags).flatMap(([flag, value]) => [`-${flag}`, String(value)]);
  // ggml looks for its backends beside the program and in the working directory.
  const options = { cwd: library.directory, encoding: "utf8", env: withoutBackendPath() } as const;
  const { stdout, stderr, status } = spawnSync(join(folder, "llama-bench"), args, options);
  if (status !== 0) throw new Error(`llama-bench failed: ${stderr}`);
  const backend = /loaded CPU backend from (.+)/.exec(stderr)?.[1];
  if (backend !== undefined && library.cpuBackend !== undefined && resolve(backend) !== resolve(library.cpuBackend)) {
    throw new Error(`llama-bench chose ${backend}, mullama ${library.cpuBackend}: not the same library.`);
  }
  const [result] = JSON.parse(stdout) as [{ samples_ts: number[] }];
  return result.samples_ts;
}

/** Runs one of the loops of `loops.c`; returns nanoseconds, one a repetition. */
export function runLoop(
  { folder, library }: Baseline,
  model: string,
  repetitions: number,
  loop: readonly string[],
): number[] {
  const args = [library.cpuBackend ?? "", model, String(repetitions), ...loop];
  const output = execFileSync(join(folder, "loops"), args, { encoding: "utf8" });
  return output.trim().split("\n").map(Number);
}

function withoutBackendPath(): NodeJS.ProcessEnv {
  const { GGML_BACKEND_PATH: _, ...environment } = process.env;
  return environment;
}
