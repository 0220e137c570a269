import { cpus, totalmem } from "node:os";
import { release } from "../src/native/index.js";

/** The machine, in a line: for anyone who compares numbers. */
export function describeMachine(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${processors[0]?.model.trim() ?? process.arch}, ${processors.length} logical processors, ${memory} GiB, ${process.platform}-${process.arch}, Node ${process.versions.node}, llama.cpp ${release.name}`;
}
