/** `llama_backend_free` frees the tables of quantizations with grids; they are made again when they are needed. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { askProgram, nativeModule } from "./process.js";

it("quantizing gives the same after the tables were freed", () => {
  const result = askProgram(`
    const { ggml_type, openLibrary } = await import(${JSON.stringify(nativeModule)});
    const c = openLibrary().functions;
    const type = ggml_type.GGML_TYPE_IQ3_XXS;
    const row = Float32Array.from({ length: 256 }, (_, i) => Math.sin(i));
    const quantize = () => {
      const bytes = new Uint8Array(Number(c.ggml_row_size(type, 256)));
      c.ggml_quantize_chunk(type, row, bytes, 0, 1, 256, null);
      return Array.from(bytes);
    };
    const before = quantize();
    c.llama_backend_free();
    const after = quantize();
    c.llama_backend_free();
    console.log(JSON.stringify([before.some((byte) => byte !== 0), before, after]));
  `) as [boolean, number[], number[]];
  assert.ok(result[0]);
  assert.deepEqual(result[2], result[1]);
});
