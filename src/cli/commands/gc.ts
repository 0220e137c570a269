import { formatBytes } from "../progress-line.js";
import { type AddCommand, examples, printJson } from "./command.js";

interface GcOptions {
  readonly dryRun?: boolean;
  readonly all?: boolean;
  readonly json?: boolean;
}

export const addGc: AddCommand = (program) => {
  program
    .command("gc")
    .description("clear away files that no model needs, and downloads that were given up")
    .option("--dry-run", "only tell what would be cleared away")
    .option("--all", "also what is younger than an hour, and downloads younger than a week")
    .option("--json", "print JSON")
    .addHelpText("after", examples("mullama gc --dry-run", "mullama gc"))
    .action(gc);
};

async function gc({ dryRun = false, all = false, json = false }: GcOptions): Promise<void> {
  const { ModelStore } = await import("../../models/index.js");
  const ages = all ? { minAge: 0, partialAge: 0 } : {};
  const report = await new ModelStore().gc({ dryRun, ...ages });
  if (json) return printJson(report);
  for (const { path, bytes } of report.removed) process.stdout.write(`${path} (${formatBytes(bytes)})\n`);
  const verb = dryRun ? "could be free" : "are free again";
  const sum = report.removed.length === 0 ? "There is nothing to clear away." : `${formatBytes(report.bytes)} ${verb}.`;
  process.stderr.write(`${sum}\n`);
}
