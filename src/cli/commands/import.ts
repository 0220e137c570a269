import { Argument } from "commander";
import type { ImportReport } from "../../models/index.js";
import { type AddCommand, examples, printJson } from "./command.js";

interface ImportOptions {
  readonly folder?: string;
  readonly replace?: boolean;
  readonly json?: boolean;
}

export const addImport: AddCommand = (program) => {
  program
    .command("import")
    .description("use the models that another program has fetched; nothing is copied")
    .addArgument(new Argument("<program>", "whose models").choices(["ollama", "huggingface"]))
    .option("--folder <path>", "where that program keeps them (default: where its own settings say)")
    .option("--replace", "take the place of other models that have the same names")
    .option("--json", "print JSON")
    .addHelpText("after", examples("mullama import ollama", "mullama import huggingface --folder /data/hub"))
    .action((from: "ollama" | "huggingface", options: ImportOptions) => importFrom(from, options));
};

async function importFrom(from: "ollama" | "huggingface", { json = false, ...options }: ImportOptions): Promise<void> {
  const { importHuggingFace, importOllama } = await import("../../models/index.js");
  const look = from === "ollama" ? importOllama : importHuggingFace;
  const report = await look(undefined, options);
  if (json) return printJson(report);
  tell(report);
}

function tell({ folder, imported, refused }: ImportReport): void {
  for (const { name, notes } of imported) {
    process.stdout.write(`${name}\n`);
    for (const note of notes) process.stderr.write(`note: ${name}: ${note}\n`);
  }
  for (const { name, reason } of refused) process.stderr.write(`not imported: ${name}: ${reason}\n`);
  if (imported.length + refused.length === 0) process.stderr.write(`There are no models in ${folder}.\n`);
}
