/** `npm run bench`: mullama against llama.cpp's own programs on the same library files. Prints a report in Markdown. */
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../scripts/bindgen/source.js";
import { resolveModel } from "../src/models/index.js";
import { openLibrary } from "../src/native/index.js";
import { measureAside } from "./aside.js";
import { type Baseline, buildBaseline, buildServer, type ServerProgram } from "./baseline.js";
import { measureCalls } from "./calls.js";
import { ratioChart } from "./chart.js";
import { measureEngineDecode, measureEngineStall, measureGrammar, measureParallel, measureTurn } from "./engine.js";
import { measureImport } from "./import-time.js";
import { measureInstall } from "./install-size.js";
import { describeMachine } from "./machine.js";
import { type Section, toMarkdown } from "./report.js";
import { measureRivals } from "./rivals.js";
import { measureSavedChat } from "./saved-chat.js";
import { measureServer } from "./server.js";
import { measureStall } from "./stall.js";
import { measureThroughput } from "./throughput.js";
import { measureTokenize } from "./tokenize.js";

const help = `npm run bench                          everything, some fifteen minutes
npm run bench -- --quick               fewer rounds
npm run bench -- --only throughput     one section; may be repeated
npm run bench -- --rivals              against node-llama-cpp too, installed into .cache/
npm run bench -- --model m.gguf --threads 4
npm run bench -- --json                the same as JSON
npm run bench -- --write               puts the report into docs/performance.md too, with a chart`;

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "smollm2:135m" },
    threads: { type: "string", default: String(availableParallelism()) },
    quick: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [] },
    rivals: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(help);
  process.exit();
}
const threads = Number(values.threads);
const progress = (what: string): void => console.error(`measuring ${what}`);

const { path } = await resolveModel(values.model);
let built: Baseline | undefined;
const baseline = (): Baseline => (built ??= buildBaseline(openLibrary()));
let builtServer: ServerProgram | undefined;
const server = (): ServerProgram => (builtServer ??= buildServer(openLibrary()));

const options = { model: path, threads, quick: values.quick, progress };
const sections: Readonly<Record<string, () => Section | Promise<Section | Section[]>>> = {
  throughput: () => measureThroughput(baseline(), options),
  rivals: () => measureRivals(options),
  calls: () => measureCalls(baseline()),
  tokenize: () => measureTokenize(baseline(), path),
  stall: () => measureStall({ path, threads }, values.quick ? 3 : 10),
  decode: () => measureEngineDecode(baseline(), options),
  parallel: () => measureParallel(server(), options),
  turn: () => measureTurn(server(), options),
  "saved-chat": () => measureSavedChat(options),
  server: () => measureServer(server(), options),
  grammar: () => measureGrammar(options),
  aside: () => measureAside(values.quick ? 50 : 300),
  "engine-stall": () => measureEngineStall(options),
  import: measureImport,
  install: measureInstall,
};
const unknown = values.only.find((name) => !(name in sections));
if (unknown !== undefined)
  throw new TypeError(`--only takes one of ${Object.keys(sections).join(", ")}, not ${unknown}`);

const wanted = Object.keys(sections).filter((name) =>
  values.only.length > 0 ? values.only.includes(name) : name !== "rivals" || values.rivals,
);

const measured: Section[] = [];
for (const [name, measure] of Object.entries(sections)) {
  if (!wanted.includes(name)) continue;
  progress(name);
  measured.push(...[await measure()].flat());
}

const about = {
  date: new Date().toISOString().slice(0, 10),
  machine: describeMachine(),
  model: values.model,
  threads,
  library: openLibrary().cpuBackend?.split(/[\\/]/).at(-1) ?? "built in",
};
const on = `Measured ${about.date} on ${about.machine}; CPU backend ${about.library}; model ${about.model}; ${about.threads} threads.`;
const markdown = [`${on}\n`, ...measured.map(toMarkdown)].join("\n");
console.log(values.json ? JSON.stringify({ ...about, sections: measured }, null, 2) : markdown);
if (values.write) writeReport(markdown, ratioChart(measured, on));

/** Replaces what stands between the two marks. */
function writeReport(report: string, chart: string | undefined): void {
  const docs = join(root, "docs");
  if (chart !== undefined) writeFileSync(join(docs, "performance.svg"), chart);
  const file = join(docs, "performance.md");
  const marks = /(<!-- results: .*-->\n)[\s\S]*(<!-- end of results -->)/;
  const text = `${chart === undefined ? "" : "![Ratios](performance.svg)\n\n"}${report}`;
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace(marks, (_, begin: string, end: string) => `${begin}\n${text}\n${end}`),
  );
}
