#!/usr/bin/env node
import { CommanderError } from "commander";
import { fromLlamaBench } from "./commands/bench/llama-bench-words.js";
import { ExitCode, exitCodeFor } from "./exit-code.js";
import { createProgram } from "./program.js";
import { describeError } from "./report-error.js";

process.exitCode = await main(process.argv);

async function main(argv: readonly string[]): Promise<number> {
  if (argv.length <= 2) {
    const { greeting } = await import("./greeting.js");
    process.stdout.write(greeting(process.stdout.columns ?? 80));
    return ExitCode.ok;
  }
  let exitCode: number = ExitCode.ok;
  try {
    await createProgram((code) => {
      exitCode = code;
    }).parseAsync(fromLlamaBench(argv.slice(2)), { from: "user" });
    return exitCode;
  } catch (error) {
    // Commander has printed its own message already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    process.stderr.write(await fitted(describeError(error)));
    return exitCodeFor(error);
  }
}

/** On a terminal, lines are broken between words. What it takes is loaded only now. */
async function fitted(text: string): Promise<string> {
  const { isTTY, columns } = process.stderr;
  if (!isTTY) return text;
  const { wrapText } = await import("./terminal/entries.js");
  return `${wrapText(text.trimEnd(), columns - 1).join("\n")}\n`;
}
