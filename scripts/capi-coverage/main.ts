/**
 * Measures how much of llama.cpp's C API is bound, reached from the safe layer and called by the tests.
 * Run it after `npm test`, which records the calls. Exits 1 when a goal is missed.
 *
 *   npm run coverage:capi              write docs/capi-coverage.md and the README's line
 *   npm run coverage:capi -- --check   compare with the committed ones instead
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../bindgen/source.js";
import { measureCoverage } from "./coverage.js";
import { missedGoals } from "./goals.js";
import { summarize, writeReport } from "./report.js";

const recorded = join(root, "build", "capi-calls");
const marker = /(<!-- capi-coverage -->)[^]*?(<!-- \/capi-coverage -->)/;

process.chdir(root);
if (!existsSync(recorded)) {
  console.error("No calls are recorded. Run `npm test` first.");
  process.exit(1);
}
const headers = measureCoverage(recorded);
const files = new Map([
  ["docs/capi-coverage.md", writeReport(headers)],
  ["README.md", readFileSync("README.md", "utf8").replace(marker, `$1\n${summarize(headers)}\n$2`)],
]);
const problems = missedGoals(headers);
for (const [path, text] of files) {
  if (!process.argv.includes("--check")) writeFileSync(path, text);
  else if (!existsSync(path) || readFileSync(path, "utf8") !== text)
    problems.push(`${path} is not what this run gives: run \`npm run coverage:capi\` and read the diff`);
}
console.log(summarize(headers));
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
