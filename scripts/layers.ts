/** Checks that each layer of `src/` imports only from itself and from layers before it. */
import { relativeImports } from "./source/imports.js";
import { lineAt, parseFile } from "./source/parse.js";
import { typescriptFiles } from "./source/tree.js";

/** From the ground up; see docs/architecture.md. */
const layers = [
  "errors.ts",
  "home.ts",
  "package-version.ts",
  "native",
  "gguf",
  "llama",
  "engine",
  "chat",
  "models",
  "loaded-model-options.ts",
  "loaded-model.ts",
  "mullama.ts",
  "index.ts",
  "server",
  "integrations",
  "cli",
];

function layerOf(path: string): string {
  return path.split("/")[1] ?? "";
}

const problems: string[] = [];
const files = typescriptFiles("src");
for (const path of files) {
  const layer = layerOf(path);
  if (!layers.includes(layer)) {
    problems.push(`${path}: "${layer}" is in no layer; name it in scripts/layers.ts or move it`);
    continue;
  }
  const file = parseFile(path);
  for (const { to, offset } of relativeImports(file)) {
    const where = `${path}:${lineAt(file, offset)}`;
    const target = layerOf(to);
    if (!to.startsWith("src/")) problems.push(`${where}: src/ imports ${to}, outside src/`);
    else if (layers.indexOf(target) > layers.indexOf(layer))
      problems.push(`${where}: ${layer} imports ${to}, a later layer`);
  }
}

for (const problem of problems) console.error(problem);
console.log(`layers: ${files.length} files, ${problems.length} wrong imports`);
process.exitCode = problems.length === 0 ? 0 : 1;
