/**
 * Makes `dist/` from the sources: one JavaScript file for each entry point, and what they share in chunks. Loading some
 * two hundred small modules takes three times as long as running them. `tsc` writes the types beside.
 */
import { build } from "esbuild";

await build({
  entryPoints: ["src/index.ts", "src/native/index.ts", "src/gguf/index.ts", "src/cli/main.ts"],
  outdir: "dist",
  outbase: "src",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  // Errors and traces say what classes and functions are called.
  keepNames: true,
  packages: "external",
  chunkNames: "chunks/[hash]",
  logLevel: "warning",
});
