/** Prints the size and type budget of the code and fails on what exceeds it. */
import { existsSync } from "node:fs";
import { readExceptions } from "./budget/exceptions.js";
import { measureFile } from "./budget/measure.js";
import type { Measurement, Rule } from "./budget/measure.js";
import { importRings } from "./budget/rings.js";
import { parseFile } from "./source/parse.js";
import type { SourceFile } from "./source/parse.js";
import { isGenerated, typescriptFiles } from "./source/tree.js";

/** The most that is allowed of each. */
const limits: Readonly<Record<Rule, number>> = {
  "file median": 60,
  "file p90": 200,
  "file length": 500,
  "test file length": 700,
  "function length": 80,
  "class length": 350,
  any: 0,
  "non-null !": 0,
  "plain Error": 0,
  console: 0,
  "import ring": 0,
};

function read(folder: string): SourceFile[] {
  if (!existsSync(folder)) return [];
  return typescriptFiles(folder)
    .filter((path) => !isGenerated(path))
    .map(parseFile);
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Whether a rule is meant for a file at all. */
function applies({ rule, path }: Measurement): boolean {
  if (rule === "any") return !path.startsWith("src/native/");
  if (path.startsWith("test/")) return rule === "test file length";
  if (rule === "non-null !") return !path.startsWith("src/native/");
  if (rule === "plain Error") return path.startsWith("src/");
  if (rule === "console") return path.startsWith("src/") && !path.startsWith("src/cli/");
  return true;
}

function measureAll(): Measurement[] {
  const sources = read("src");
  const tools = [...read("web"), ...read("scripts"), ...read("bench")];
  const tests = read("test");
  const lengths = sources.map((file) => file.lines).sort((a, b) => a - b);
  const whole = (rule: Rule, amount: number): Measurement => ({ rule, path: "src", line: 0, amount });
  const fileLength = (rule: Rule, file: SourceFile): Measurement => ({
    rule,
    path: file.path,
    line: 1,
    amount: file.lines,
  });
  return [
    whole("file median", percentile(lengths, 0.5)),
    whole("file p90", percentile(lengths, 0.9)),
    ...[...sources, ...tools].map((file) => fileLength("file length", file)),
    ...tests.map((file) => fileLength("test file length", file)),
    ...[...sources, ...tools, ...tests].flatMap(measureFile),
    ...importRings([...sources, ...tools]).map((ring): Measurement => ({
      rule: "import ring",
      path: ring.join(" > "),
      line: 1,
      amount: ring.length,
    })),
  ].filter(applies);
}

const measurements = measureAll();
const rules = Object.keys(limits) as Rule[];
console.log(`${"".padEnd(18)}${"worst".padStart(6)}${"limit".padStart(7)}${"over".padStart(6)}`);
for (const rule of rules) {
  const amounts = measurements.filter((one) => one.rule === rule).map((one) => one.amount);
  const worst = limits[rule] === 0 ? amounts.length : Math.max(0, ...amounts);
  const over = amounts.filter((amount) => amount > limits[rule]).length;
  console.log(
    `${rule.padEnd(18)}${String(worst).padStart(6)}${String(limits[rule]).padStart(7)}${String(over).padStart(6)}`,
  );
}

const exceptions = readExceptions();
const unused = new Set(exceptions);
let problems = 0;
for (const { rule, path, line, amount } of measurements.filter((one) => one.amount > limits[one.rule])) {
  const exception = exceptions.find((one) => one.rule === rule && one.path === path);
  if (exception !== undefined) {
    unused.delete(exception);
    console.log(`excepted: ${path}:${line}: ${rule} ${amount}: ${exception.reason}`);
    continue;
  }
  problems++;
  console.error(`${path}:${line}: ${rule}: ${amount}, limit ${limits[rule]}`);
}
for (const { rule, path } of unused) {
  // What is near its limit goes over and under it with every change.
  if (measurements.some((one) => one.rule === rule && one.path === path && one.amount > limits[rule] * 0.9)) continue;
  problems++;
  console.error(`budget.json: unused exception: ${rule} in ${path}`);
}
process.exitCode = problems === 0 ? 0 : 1;
