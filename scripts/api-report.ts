/**
 * Writes every public export of each entry point in package.json to `docs/api/`, from the built `.d.ts` files.
 * With `--check`, compares instead and fails on a difference, so that no change of the API goes unseen.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { posix } from "node:path";
import { declarationsAt, exportsOf, originOf } from "./api-report/resolve.js";
import type { Origin } from "./api-report/resolve.js";

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

const folder = "docs/api";

function report(title: string, entry: string): string {
  const exported = exportsOf(entry);
  const parts = [
    `# ${title}\n`,
    "Written by `npm run api` from the built declarations; not for editing.\n",
    ...section(exported),
  ];
  const hidden = hiddenTypes(exported);
  if (hidden.size > 0) parts.push("# Mentioned by these, not exported\n", ...section(hidden));
  return parts.join("\n");
}

function section(names: ReadonlyMap<string, Origin>): string[] {
  return [...names]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, origin]) => {
      const text = declarationsAt(origin)
        .map((one) => one.text)
        .join("\n");
      return `## ${name}\n\n\`\`\`ts\n${text}\n\`\`\`\n`;
    });
}

/** Types of this package that the exported declarations mention, directly or not, without being exported. */
function hiddenTypes(exported: ReadonlyMap<string, Origin>): Map<string, Origin> {
  const key = (origin: Origin): string => `${origin.path} ${origin.name}`;
  const seen = new Set([...exported.values()].map(key));
  const hidden = new Map<string, Origin>();
  const waiting = [...exported.values()];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const mention of declarationsAt(next).flatMap((one) => [...one.mentions])) {
      const origin = originOf(next.path, mention);
      if (origin === undefined || seen.has(key(origin))) continue;
      seen.add(key(origin));
      hidden.set(`${origin.name} (${origin.path.replace(/^dist\//, "").replace(/\.d\.ts$/, "")})`, origin);
      waiting.push(origin);
    }
  }
  return hidden;
}

const check = process.argv.includes("--check");
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
mkdirSync(folder, { recursive: true });
const orphans = new Set(readdirSync(folder));
for (const [subpath, target] of Object.entries(manifest.exports)) {
  if (typeof target === "string") continue;
  const title = posix.join(manifest.name, subpath);
  const path = `${folder}/${title.replaceAll("/", "-")}.md`;
  orphans.delete(posix.basename(path));
  const now = report(title, posix.normalize(target.types));
  if (!check) writeFileSync(path, now);
  else if (!existsSync(path) || readFileSync(path, "utf8") !== now) {
    console.error(`${path}: the public API of ${title} has changed; run "npm run api", read the diff and commit it`);
    process.exitCode = 1;
  }
  console.log(`${check ? "checked" : "wrote"} ${path}`);
}
for (const orphan of orphans) {
  if (!check) rmSync(`${folder}/${orphan}`);
  else {
    console.error(`${folder}/${orphan}: no entry point has this name any more; run "npm run api"`);
    process.exitCode = 1;
  }
}
