/**
 * `npm test`: every gate, then every test, and one line that counts them all.
 *
 *     npm test                       everything
 *     npm test -- lint budget        these gates only
 *     npm test -- test/gguf          the tests under a path only
 *
 * Plain JavaScript, since it has to run before anything is compiled. A gate that fails does not stop the rest.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { run } from "node:test";

/**
 * Gates in order, each an npm script; `stale` is removed before, so that no deleted file's output lives on.
 * Where the program that it `needs` is not installed, a gate is skipped.
 */
const gates = [
  { name: "build", script: "build", stale: "dist" },
  { name: "types", script: "types", stale: "build" },
  { name: "format", script: "format:check" },
  { name: "lint", script: "lint" },
  { name: "layers", script: "layers" },
  { name: "deadcode", script: "deadcode" },
  { name: "budget", script: "budget" },
  { name: "api", script: "api:check" },
  { name: "package", script: "package" },
  { name: "bindings", script: "bindgen:check", needs: "clang" },
];
/** Run after the tests, over what they recorded. On a CI machine it compares, so that no stale table stays. */
const reports = [{ name: "coverage", script: process.env.CI ? "coverage:capi:check" : "coverage:capi" }];

/** The environment variable that makes `src/native/record.ts` note which C functions the tests call. */
const RECORD = join(process.cwd(), "build", "capi-calls");
/**
 * Folders whose files run one at a time, since each computes with a real model on every core: threads of two models that
 * wait for each other's cores take ten times as long.
 */
const alone = ["test/examples/", "test/guides/", "test/integration/", "test/stress/"];
// No test reads or adds to what other programs have fetched for the user.
process.env.HF_HUB_CACHE = join(process.cwd(), "build", "no-cache");

const FILE_TIMEOUT_MS = 15 * 60_000;

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

function count(outcome, what) {
  total[outcome]++;
  if (outcome === "failed") failures.push(what);
}

function heading(text) {
  console.log(`\n== ${text}`);
}

function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

function runScript({ name, script, stale, needs }) {
  heading(name);
  if (needs !== undefined && spawnSync(needs, ["--version"]).status !== 0) {
    console.log(`${name} skipped: ${needs} is not installed`);
    count("skipped", name);
    return;
  }
  if (stale !== undefined) rmSync(stale, { recursive: true, force: true });
  const start = performance.now();
  const { status } = spawnSync("npm", ["run", "--silent", script], {
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  const outcome = status === 0 ? "passed" : "failed";
  console.log(`${name} ${outcome} (${seconds(start)})`);
  count(outcome, name);
}

function testFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith(".test.js"))
    .map((file) => join(folder, file))
    .sort();
}

/** `build/test/gguf/read.test.js`, or what its source map says, as it is known to people: `test/gguf/read.test.ts`. */
function sourceName(file) {
  return relative(".", file)
    .replaceAll("\\", "/")
    .replace(/^build\//, "")
    .replace(/\.js$/, ".ts");
}

async function runTests(title, files, concurrency) {
  if (files.length === 0) return;
  heading(`${title}: ${files.length} files`);
  let current;
  const fresh = () => ({ passed: 0, failed: 0, skipped: 0, ms: 0 });
  /** What each test file printed; shown only if it fails. */
  const outputs = new Map();
  let tally = fresh();
  const closeFile = () => {
    if (current === undefined) return;
    const output = outputs.get(sourceName(current));
    if (tally.failed > 0 && output !== undefined) console.log(output.trimEnd());
    const counts = `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`;
    console.log(
      `${tally.failed > 0 ? "FAILED" : "ok"} ${sourceName(current)}: ${counts} (${(tally.ms / 1000).toFixed(1)} s)`,
    );
    tally = fresh();
  };
  const enter = (data) => {
    if (data.file !== undefined && data.file !== current) {
      closeFile();
      current = data.file;
    }
    if (data.nesting === 0) tally.ms += data.details.duration_ms;
  };
  const note = (outcome, data) => {
    tally[outcome]++;
    count(outcome, `${sourceName(data.file ?? data.name)}: ${data.name}`);
  };
  const stream = run({ files, concurrency, timeout: FILE_TIMEOUT_MS });
  stream.on("test:pass", (data) => {
    enter(data);
    if (data.details.type === "suite") return;
    if (sourceName(data.name) === sourceName(data.file)) {
      console.log(`${sourceName(data.file)} holds no test`);
      note("failed", data);
    } else if (data.skip !== undefined) {
      note("skipped", data);
      console.log(`skipped: ${data.name}${typeof data.skip === "string" ? `: ${data.skip}` : ""}`);
    } else note("passed", data);
  });
  stream.on("test:fail", (data) => {
    enter(data);
    const { error } = data.details;
    if (error.failureType === "subtestsFailed") return;
    note("failed", data);
    console.log(`failed: ${data.name}\n${String(error.cause?.stack ?? error.cause ?? error)}`);
  });
  const keep = (data) => {
    const file = sourceName(data.file);
    outputs.set(file, (outputs.get(file) ?? "") + data.message);
  };
  stream.on("test:stdout", keep);
  stream.on("test:stderr", keep);
  for await (const _ of stream.resume());
  closeFile();
}

const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
const wanted = process.argv.slice(2);
const paths = wanted.filter((arg) => arg.startsWith("test/"));
/** The first two compile what the others and the tests run. */
const isWanted = ({ name, script }) =>
  script in scripts && (wanted.length === 0 || wanted.includes(name) || name === "build" || name === "types");
const unknown = wanted.filter(
  (arg) => !paths.includes(arg) && ![...gates, ...reports, { name: "tests" }].some(({ name }) => name === arg),
);
if (unknown.length > 0)
  throw new Error(`No such gate: ${unknown.join(", ")}. Name gates, "tests" or paths that begin with test/.`);

const started = performance.now();
for (const gate of gates.filter(isWanted)) runScript(gate);

if (wanted.length === 0 || wanted.includes("tests") || paths.length > 0) {
  rmSync(RECORD, { recursive: true, force: true });
  mkdirSync(RECORD, { recursive: true });
  process.env.MULLAMA_RECORD_CALLS = RECORD;
  process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ""} --enable-source-maps`.trim();
  const all = existsSync("build/test") ? testFiles("build/test") : [];
  const files =
    paths.length === 0 ? all : all.filter((file) => paths.some((path) => sourceName(file).startsWith(path)));
  if (files.length === 0) count("failed", `no test file under ${paths.join(", ") || "test/"}`);
  const isAlone = (file) => alone.some((folder) => sourceName(file).startsWith(folder));
  await runTests(
    "tests",
    files.filter((file) => !isAlone(file)),
    2,
  );
  await runTests("tests that need every core", files.filter(isAlone), 1);
}

for (const report of reports.filter(isWanted)) runScript(report);

heading(`finished in ${seconds(started)}`);
for (const failure of failures) console.log(`failed: ${failure}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
