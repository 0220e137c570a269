import type { Command } from "commander";
import type { Column } from "../terminal/table.js";

/** Adds a command to the program; `finish` hears the exit status that it ends with, where that is not 0. */
export type AddCommand = (program: Command, finish: (exitCode: number) => void) => void;

/** What `--help` shows below the options. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}\n`;
}

/** Writes a value for programs, with a newline behind it. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Writes lines for people. */
export function printLines(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}

/** Writes a table for people, no wider than the terminal. What it takes to know how wide texts are is loaded only now. */
export async function printTable(columns: readonly Column[], rows: readonly (readonly string[])[]): Promise<void> {
  const { table } = await import("../terminal/table.js");
  printLines(table(columns, rows, process.stdout.columns));
}
