/** Makes `dist/web/` from `web/`: one script and one style sheet with their content's hash in the name, and the page. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { build } from "esbuild";

rmSync("dist/web", { recursive: true, force: true });
mkdirSync("dist/web", { recursive: true });
const { metafile } = await build({
  entryPoints: [
    { in: "web/main.tsx", out: "page" },
    { in: "web/style/page.css", out: "page" },
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
const name = (extension) => outputs.find((output) => output.endsWith(extension)) ?? "";
writeFileSync(
  "dist/web/index.html",
  readFileSync("web/index.html", "utf8").replace("page.js", name(".js")).replace("page.css", name(".css")),
);
writeFileSync("dist/web/icon.svg", readFileSync("web/icon.svg"));
