/** What the compiler accepts and refuses of the C API's types. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { root } from "../../scripts/bindgen/source.js";

const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");

/** The type errors of a snippet that sees the functions as `c`, a model, a context and a sampler. */
function errorsOf(snippet: string): string {
  const builds = join(root, "build");
  mkdirSync(builds, { recursive: true });
  const folder = mkdtempSync(join(builds, "types-"));
  const native = join(root, "src/native/index.ts").replaceAll("\\", "/");
  const text = `import { ggml_type, gguf_type, openLibrary, type Pointer } from ${JSON.stringify(native)};
const c = openLibrary().functions;
declare const model: Pointer<"llama_model">;
declare const context: Pointer<"llama_context">;
declare const maybe: Pointer<"llama_model"> | null;
declare const gguf: Pointer<"gguf_context">;
export const used: unknown[] = [c, model, context, maybe, gguf, ggml_type, gguf_type];
${snippet}
`;
  try {
    writeFileSync(join(folder, "snippet.ts"), text);
    const options = {
      extends: join(root, "tsconfig.json"),
      compilerOptions: { noEmit: true, rootDir: root, allowImportingTsExtensions: true },
      include: [],
      files: ["snippet.ts"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
    const { stdout } = spawnSync(process.execPath, [tsc, "--project", folder, "--pretty", "false"], {
      encoding: "utf8",
    });
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const accepted = `
c.llama_free(context);
c.llama_model_free(model);
const made: Pointer<"llama_context"> | null = c.llama_init_from_model(model, c.llama_context_default_params());
const text: string | null = c.llama_model_chat_template(model, null);
const size: number | bigint = c.llama_model_size(model);
c.gguf_set_val_u64(gguf, "key", 2n ** 63n);
c.gguf_set_tensor_type(gguf, "name", ggml_type.GGML_TYPE_F16);
c.llama_load_model_from_file("m.gguf", { ...c.llama_model_default_params(), n_gpu_layers: 3 });
c.llama_attach_threadpool(context, null, null);
export const results = [made, text, size];`;

/** Each must be refused, at the named argument or property. */
const refused: readonly (readonly [what: string, snippet: string, says: RegExp])[] = [
  [
    "a model where a context belongs",
    "c.llama_free(model);",
    /TS2345.*'Pointer<"llama_model">' is not assignable to parameter of type 'Pointer<"llama_context">'/,
  ],
  [
    "a context where a model belongs",
    "c.llama_model_n_embd(context);",
    /TS2345.*'Pointer<"llama_context">' is not assignable to parameter of type 'Pointer<"llama_model">'/,
  ],
  ["a pointer that may be null", "c.llama_model_free(maybe);", /TS2345.*null/],
  ["a bare address", "c.llama_model_free(123n);", /TS2345.*bigint|TS2345.*123n/],
  ["null for a handle", "c.llama_free(null);", /TS2345.*null/],
  ["a number that is no member of the enum", "c.ggml_type_name(99);", /TS2345/],
  ["too few arguments", "c.llama_decode(context);", /TS2554/],
  ["a text where a number belongs", 'c.llama_set_n_threads(context, "4", 4);', /TS2345.*string/],
  [
    "a field that the struct does not have",
    "c.llama_init_from_model(model, { ...c.llama_context_default_params(), n_context: 1 });",
    /TS2353.*n_context/,
  ],
  ["a function that does not exist", "c.llama_does_not_exist();", /TS2339/],
  [
    "an array of the wrong kind for an out-parameter",
    "c.llama_tokenize(0n as never, 'a', 1, new Float32Array(1), 1, true, true);",
    /TS2345.*Float32Array/,
  ],
];

describe("the compiler", () => {
  it("accepts right calls", () => assert.equal(errorsOf(accepted), ""));

  it("refuses each wrong call", () => {
    const output = errorsOf(
      refused.map(([, snippet], index) => `export const wrong${index} = () => ${snippet}`).join("\n"),
    );
    const first = 8;
    for (const [index, [what, , says]] of refused.entries()) {
      const errors = output.split("\n").filter((line) => line.includes(`snippet.ts(${first + index},`));
      assert.match(errors.join("\n"), says, what);
    }
  });
});
