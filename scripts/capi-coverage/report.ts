/** Writes the coverage out for people. */
import { undeclaredExports } from "../../src/native/generated/exports.js";
import { release } from "../../src/native/generated/release.js";
import type { FunctionCoverage, HeaderCoverage } from "./coverage.js";
import { reasons } from "./exceptions.js";

const count = (functions: readonly FunctionCoverage[], signal: "bound" | "reached" | "called" | "deprecated"): number =>
  functions.filter((fn) => fn[signal]).length;

/** One line for the README. */
export function summarize(headers: readonly HeaderCoverage[]): string {
  const all = headers.flatMap(({ functions }) => functions);
  const llama = headers.find(({ header }) => header === "llama.h")?.functions ?? [];
  const current = llama.filter((fn) => !fn.deprecated);
  return [
    `Of \`llama.h\`'s ${llama.length} functions, ${count(llama, "bound")} are bound and ${count(llama, "called")} called by tests;`,
    `of the ${current.length} that are not deprecated, ${count(current, "reached")} are reached from the safe objects.`,
    `All headers: ${count(all, "bound")} of ${all.length} functions bound.`,
  ].join(" ");
}

/** The text of `docs/capi-coverage.md`. */
export function writeReport(headers: readonly HeaderCoverage[]): string {
  const rows = headers.map(({ header, library, optional, functions }) => {
    const signals = (["bound", "reached", "called", "deprecated"] as const).map((signal) => count(functions, signal));
    return `| [\`${header}\`](#${anchor(header)}) | ${library}${optional ? " (optional)" : ""} | ${functions.length} | ${signals.join(" | ")} |`;
  });
  return `# Coverage of llama.cpp's C API

Written by \`npm run coverage:capi\` after a run of all tests. Do not edit.

Every function of the headers of llama.cpp ${release.name} that mullama binds, with three signals:

- **bound**: it is in the generated tables and the installed libraries export it, or it lives in a library that is built on demand (optional);
- **reached**: hand-written source names it, that is the safe objects or what opens the libraries for them;
- **called**: a test called it, as recorded while the tests ran.

| header | library | functions | bound | reached | called | deprecated |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
${rows.join("\n")}

${headers.map(writeHeader).join("\n")}
${writeUndeclared(headers)}`;
}

const anchor = (header: string): string => header.replaceAll(".", "");
const mark = (yes: boolean): string => (yes ? "yes" : "");

function writeHeader({ header, functions }: HeaderCoverage): string {
  const rows = functions.map((fn) => {
    const note = fn.exception === undefined ? "" : reasons[fn.exception.reason];
    return `| \`${fn.name}\` | ${mark(fn.bound)} | ${mark(fn.reached)} | ${mark(fn.called)} | ${mark(fn.deprecated)} | ${note} |`;
  });
  return `## ${header}

| function | bound | reached | called | deprecated | note |
| --- | --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
}

/** Exported C symbols without a header, counted by reason. */
function writeUndeclared(headers: readonly HeaderCoverage[]): string {
  const counts = new Map<string, number>();
  for (const { library, reason } of Object.values(undeclaredExports)) {
    const key = `${library} | ${reason}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const rows = [...counts].sort().map(([key, symbols]) => `| ${key} | ${symbols} |`);
  return `## Exported, and in no header

C symbols that the installed libraries export and none of the ${headers.length} headers declares. They are not bound; \`src/native/generated/exports.ts\` lists each.

| library | reason | symbols |
| --- | --- | ---: |
${rows.join("\n")}
`;
}
