import type { StoredModel } from "../../models/index.js";
import { formatBytes } from "../progress-line.js";
import { age } from "../terminal/age.js";
import { count } from "../terminal/count.js";
import type { Column } from "../terminal/table.js";
import { type AddCommand, examples, printJson, printTable } from "./command.js";

interface ListOptions {
  readonly json?: boolean;
  readonly available?: boolean;
}

export const addList: AddCommand = (program) => {
  program
    .command("list")
    .alias("ls")
    .description("list the models on this machine")
    .argument("[text]", "only those whose name has this in it")
    .option("--available", "list what the catalogue has instead")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples("mullama list", "mullama list --available coder", "mullama list --json | jq '.[].name'"),
    )
    .action((text: string | undefined, options: ListOptions) => list(text ?? "", options));
};

async function list(text: string, options: ListOptions): Promise<void> {
  const models = await import("../../models/index.js");
  const fits = ({ name }: { readonly name: string }): boolean => name.toLowerCase().includes(text.toLowerCase());
  if (options.available === true) return listAvailable(models.listCatalogue().filter(fits), options);
  const stored = (await new models.ModelStore().list()).filter(fits);
  if (options.json === true) return printJson(stored.map(asJson));
  if (stored.length > 0) return printTable(COLUMNS, stored.map(row));
  const none = text === "" ? "There are no models yet." : `No model has ${text} in its name.`;
  process.stderr.write(`${none} Try: mullama pull smollm2:135m, or mullama list --available\n`);
}

const COLUMNS: readonly Column[] = [
  { title: "NAME", shrinks: true },
  { title: "SIZE", align: "right" },
  { title: "PARAMETERS", align: "right", mayGo: true },
  { title: "QUANT", mayGo: true },
  { title: "MODIFIED", shrinks: true },
];

function row({ name, size, parameters, quantization = "", modified, complete }: StoredModel): string[] {
  const since = complete ? age(modified) : "files are missing";
  return [name, formatBytes(size), parameters === undefined ? "" : count(parameters), quantization, since];
}

function asJson({ name, source, modified, size, digest, path, complete, ...rest }: StoredModel): object {
  const { parameters, quantization, family, contextLength } = rest;
  return { name, size, digest, modified, family, parameters, quantization, contextLength, path, source, complete };
}

interface Available {
  readonly name: string;
  readonly size: number;
  readonly license: string;
  readonly description: string;
}

async function listAvailable(entries: readonly Available[], options: ListOptions): Promise<void> {
  if (options.json === true) return printJson(entries);
  const columns: readonly Column[] = [
    { title: "NAME" },
    { title: "SIZE", align: "right" },
    { title: "LICENSE", shrinks: true, mayGo: true },
    { title: "WHAT IT IS", shrinks: true },
  ];
  const rows = entries.map(({ name, size, license, description }) => [name, formatBytes(size), license, description]);
  await printTable(columns, rows);
}
