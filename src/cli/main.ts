#!/usr/bin/env node
import { CommanderError } from "commander";
import { ExitCode, exitCodeFor } from "./exit-code.js";
import { createProgram, greeting } from "./program.js";
import { describeError } from "./report-error.js";

process.exitCode = await main(process.argv);

async function main(argv: readonly string[]): Promise<number> {
  if (argv.length <= 2) {
    process.stdout.write(greeting);
    return ExitCode.ok;
  }
  let exitCode: number = ExitCode.ok;
  try {
    await createProgram((code) => {
      exitCode = code;
    }).parseAsync(argv);
    return exitCode;
  } catch (error) {
    // Commander has printed its own message already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    process.stderr.write(describeError(error));
    return exitCodeFor(error);
  }
}
