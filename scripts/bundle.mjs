/**
 * Makes `dist/` from the sources: one JavaScript file for each entry point, and what they share in chunks. Loading some
 * two hundred small modules takes three times as long as running them. `tsc` writes the types beside.
 */
import { rmSync } from "node:fs";
import { build } from "esbuild";

rmSync("dist/chunks", { recursive: true, force: true });
await build({
  entryPoints: {
    index: "src/index.ts",
    "native/index": "src/native/index.ts",
    "gguf/index": "src/gguf/index.ts",
    "server/index": "src/server/index.ts",
    "integrations/ai-sdk/index": "src/integrations/ai-sdk/index.ts",
    "integrations/langchain/index": "src/integrations/langchain/index.ts",
    "integrations/mcp/index": "src/integrations/mcp/index.ts",
    "cli/main": "src/cli/main.ts",
    // Beside the chunk with src/engine/hosts/entries.ts, which is one since both entries share it.
    "chunks/worker-entry": "src/engine/hosts/worker-entry.ts",
    "chunks/child-entry": "src/engine/hosts/child-entry.ts",
    "chunks/thread-entry": "src/chat/aside/thread-entry.ts",
    "chunks/quantize-entry": "src/models/quantize/quantize-entry.ts",
  },
  outdir: "dist",
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
