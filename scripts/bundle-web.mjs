/** Makes `dist/web/` from `web/`: of each page a script and a style sheet with their content's hash in the name, and itself. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { build } from "esbuild";

rmSync("dist/web", { recursive: true, force: true });
mkdirSync("dist/web", { recursive: true });
const { metafile } = await build({
  entryPoints: [
    { in: "web/main.tsx", out: "page" },
    { in: "web/style/page.css", out: "page" },
    { in: "web/docs/main.tsx", out: "docs" },
    { in: "web/docs/docs.css", out: "docs" },
  ],
  outdir: "dist/web",
  bundle: true,
  minify: true,
  metafile: true,
  format: "esm",
  platform: "browser",
  target: ["chrome111", "firefox113", "safari16.4"],
  jsx: "automatic",
  jsxImportSource: "preact",
  entryNames: "[name]-[hash]",
  legalComments: "none",
  logLevel: "warning",
});
const outputs = Object.keys(metafile.outputs).map((path) => basename(path));
const nameOf = (page, type) => outputs.find((output) => output.startsWith(`${page}-`) && output.endsWith(type)) ?? "";
for (const [page, source] of [
  ["page", "index.html"],
  ["docs", "docs/docs.html"],
]) {
  const html = readFileSync(`web/${source}`, "utf8")
    .replace(`${page}.js`, nameOf(page, ".js"))
    .replace(`${page}.css`, nameOf(page, ".css"));
  writeFileSync(`dist/web/${basename(source)}`, html);
}
writeFileSync("dist/web/icon.svg", readFileSync("web/icon.svg"));
