/** Finding and opening the libraries, and what is said when that fails. */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, it } from "node:test";
import { MullamaError } from "../../src/errors.js";
import { openLibrary, release } from "../../src/native/index.js";
import { backendFiles, libraryFile, locateLibraries } from "../../src/native/locate.js";
import { libraryFolderOf, platformPackages } from "../../src/native/packages.js";
import { compileC, noCompiler } from "./c-compiler.js";
import { askProgram, nativeModule, runProgram, withFolder } from "./process.js";

const native = JSON.stringify(nativeModule);
const platform = `${process.platform}-${process.arch}`;
const installed = openLibrary().directory;

/** Opens in a new process: the code and the message of what is thrown, or what was opened. */
function open(
  environment: Record<string, string>,
  options = "{}",
): { readonly code?: string; readonly message?: string; readonly directory?: string; readonly backend?: string } {
  const program = `
    import { openLibrary } from ${native};
    try {
      const { directory, backend } = openLibrary(${options});
      console.log(JSON.stringify({ directory, backend }));
    } catch ({ code, message }) {
      console.log(JSON.stringify({ code, message }));
    }`;
  return askProgram(program, environment) as ReturnType<typeof open>;
}

describe("what is opened", () => {
  it("is the installed package's folder, of the pinned release, with the CPU variant for this machine", () => {
    const library = openLibrary();
    assert.ok(library.version === release.version || library.version.startsWith(`${release.version}-`));
    assert.match(basename(library.cpuBackend ?? ""), /ggml-cpu/);
    assert.ok(library.log.every(({ level }) => level !== "error"));
    assert.equal(openLibrary(), library, "one a thread");
    assert.equal(Number(library.functions.ggml_backend_dev_count()) >= 1, true);
  });

  it("is nothing at import", { skip: process.platform === "linux" ? false : "/proc/self/maps is Linux's" }, () => {
    const program = `
      import { readFileSync } from "node:fs";
      const { openLibrary } = await import(${native});
      const mapped = () => /libllama|libggml/.test(readFileSync("/proc/self/maps", "utf8"));
      const before = mapped();
      openLibrary();
      console.log(JSON.stringify([before, mapped()]));`;
    assert.deepEqual(askProgram(program), [false, true]);
  });

  it("is the folder that MULLAMA_LIBRARY_DIR names, or the one in the options", () => {
    assert.deepEqual(open({ MULLAMA_LIBRARY_DIR: installed }), { directory: installed, backend: "custom" });
    assert.deepEqual(open({}, `{ directory: ${JSON.stringify(installed)} }`), {
      directory: installed,
      backend: "custom",
    });
  });

  it(
    "is the backend that MULLAMA_BACKEND names",
    { skip: platform.startsWith("darwin-arm") ? "only metal is packaged" : false },
    () => {
      assert.equal(open({ MULLAMA_BACKEND: "cpu" }).backend, "cpu");
    },
  );

  it("is a user's own build before the installed packages", () => {
    withFolder((home) => {
      const folder = join(home, "libraries", release.name, "cpu");
      mkdirSync(dirname(folder), { recursive: true });
      symlinkSync(installed, folder, "junction");
      assert.deepEqual(open({ MULLAMA_HOME: home }), { directory: folder, backend: "cpu" });
    });
  });
});

describe("a failure to open", () => {
  it("names the folder and its missing library, and what to do", () => {
    withFolder((folder) => {
      for (const directory of [folder, join(folder, "missing")]) {
        const { code, message } = open({ MULLAMA_LIBRARY_DIR: directory });
        assert.equal(code, "LIBRARY_NOT_FOUND");
        assert.ok(message?.includes(directory));
        assert.ok(message?.includes(platform));
        assert.match(message ?? "", /no ggml-base library/);
        assert.match(message ?? "", new RegExp(`Build llama\\.cpp ${release.name.replaceAll(".", "\\.")}`));
      }
    });
  });

  it("passes the loader's own words on", () => {
    withFolder((folder) => {
      for (const name of ["ggml-base", "ggml", "llama"]) {
        const file = libraryFile(installed, name);
        assert.ok(file);
        writeFileSync(join(folder, basename(file)), "this is no library");
      }
      const { code, message } = open({ MULLAMA_LIBRARY_DIR: folder });
      assert.equal(code, "LIBRARY_NOT_FOUND");
      assert.match(message ?? "", /file too short|invalid ELF|not a mach-o|not a valid Win32|slice is not valid/i);
    });
  });

  it("is told at once when MULLAMA_BACKEND is unknown", () => {
    const { code, message } = open({ MULLAMA_BACKEND: "tpu" });
    assert.equal(code, "ARGUMENT_INVALID");
    assert.match(message ?? "", /MULLAMA_BACKEND must be one of cuda, vulkan, metal, cpu, but is "tpu"/);
  });

  it("names the package to install when the forced backend is not", () => {
    const absent = platformPackages().find((pack) => {
      try {
        return libraryFolderOf(pack) === "";
      } catch {
        return pack.backend !== "cpu";
      }
    });
    if (absent === undefined) return;
    const { code, message } = open({ MULLAMA_BACKEND: absent.backend });
    assert.equal(code, "LIBRARY_NOT_FOUND");
    assert.ok(message?.includes(`npm install ${absent.name}@${release.packages}`), message);
  });

  it("refuses another release", { skip: noCompiler }, () => {
    withFolder((folder) => {
      const names = ["ggml-base", "ggml", "llama"].map((name) => basename(libraryFile(installed, name) ?? ""));
      for (const name of names)
        compileC('const char *llama_version(void) { return "0.4.9"; }\n', join(folder, name), ["-shared", "-fPIC"]);
      const { code, message } = open({ MULLAMA_LIBRARY_DIR: folder });
      assert.equal(code, "LIBRARY_MISMATCH");
      assert.ok(message?.includes("0.4.9") && message.includes(release.name) && message.includes(folder), message);
    });
  });

  it("on a platform without packages says so", () => {
    assert.deepEqual(platformPackages("plan9", "mips"), []);
  });
});

describe("a function", () => {
  it("of a library that is not here fails when it is called, and names the library", () => {
    const library = openLibrary();
    const c = library.functions;
    for (const [name, holder] of [
      ["mtmd_default_marker", "mtmd"],
      ["mtmd_helper_support_video", "mtmd"],
      ["ggml_backend_rpc_init", "ggml-rpc"],
    ] as const) {
      if (libraryFile(installed, holder) !== undefined) continue;
      assert.equal(library.has(name), false);
      const fn = c[name] as () => unknown;
      assert.throws(fn, (error) => {
        assert.ok(MullamaError.isInstance(error));
        assert.equal(error.code, "LIBRARY_NOT_FOUND");
        assert.ok(error.message.includes(`no ${holder} library`), error.message);
        assert.match(error.hint ?? "", /MULLAMA_LIBRARY_DIR/);
        return true;
      });
    }
    assert.equal(library.has("llama_decode"), true);
  });

  it("that the library does not export fails when it is called, and names itself", () => {
    const library = openLibrary();
    const c = library.functions;
    assert.equal(library.has("ggml_threadpool_get_n_threads"), false);
    assert.throws(() => c.ggml_threadpool_get_n_threads(c.ggml_threadpool_new as never), {
      code: "SYMBOL_MISSING",
      message: /ggml_threadpool_get_n_threads/,
    });
  });

  it("of an asynchronous call fails the same way", () => {
    const { functions: c } = openLibrary();
    assert.throws(() => c.ggml_threadpool_get_n_threads.async(0n as never, () => {}), { code: "SYMBOL_MISSING" });
  });
});

describe("file names", () => {
  it("of every kind of build are recognised", () => {
    withFolder((folder) => {
      const suffixes: Readonly<Record<string, readonly string[]>> = {
        win32: ["llama.dll"],
        darwin: ["libllama.dylib", "libllama.0.5.0.dylib"],
      };
      const llamas = suffixes[process.platform] ?? [
        "libllama.so",
        "libllama.v0.5.0.so",
        "libllama.so.0",
        "libllama.so.0.5.0",
      ];
      for (const name of llamas) {
        const one = join(folder, name);
        mkdirSync(one);
        copyFileSync(import.meta.filename, join(one, name));
        assert.equal(basename(libraryFile(one, "llama") ?? ""), name);
        assert.equal(libraryFile(one, "ggml"), undefined);
      }
    });
  });

  it("of backends are grouped by kind, and libraries that are none are left out", () => {
    const found = backendFiles(installed);
    const files = readdirSync(installed).filter((name) => name.includes("ggml-cpu"));
    assert.deepEqual(
      found.get("cpu")?.map((file) => basename(file)),
      files.sort(),
    );
    assert.equal(found.has("base"), false);
  });

  it("are looked for in one folder only when it is named", () => {
    const { found, missing } = locateLibraries("/somewhere", undefined);
    assert.deepEqual(found, [{ folder: "/somewhere", backend: "custom", origin: "directory" }]);
    assert.deepEqual(missing, []);
  });
});

it("a failure that nobody catches ends the process with the code in its words", () => {
  const { status, stderr } = runProgram(`import { openLibrary } from ${native}; openLibrary();`, {
    MULLAMA_LIBRARY_DIR: "/no/such/folder",
  });
  assert.equal(status, 1);
  assert.match(stderr, /LIBRARY_NOT_FOUND/);
});
