import { withInterruption } from "../with-interruption.js";
import { type AddCommand, examples, printJson } from "./command.js";

interface CreateOptions {
  readonly file: string;
  readonly quantize?: string;
  readonly offline?: boolean;
  readonly json?: boolean;
}

export const addCreate: AddCommand = (program, finish) => {
  program
    .command("create")
    .description("make a model of what a Modelfile or a mullama.json says")
    .argument("<name>", "what to call it")
    .option("-f, --file <path>", "the Modelfile or mullama.json, or the folder that it is in", ".")
    .option("-q, --quantize <type>", "quantize the weights, such as to q4_K_M")
    .option("--offline", "do not download anything")
    .option("--json", "print the model's record as JSON")
    .addHelpText(
      "after",
      examples(
        "mullama create pirate -f Modelfile",
        "mullama create small -f Modelfile -q q4_K_M",
        "mullama create assistant -f ./assistant/mullama.json",
      ),
    )
    .action(async (name: string, options: CreateOptions) => finish(await create(name, options)));
};

async function create(name: string, { file, quantize, offline = false, json = false }: CreateOptions): Promise<number> {
  const [{ createFromFile, ModelStore }, { ProgressDisplay }] = await Promise.all([
    import("../../models/index.js"),
    import("../progress-display.js"),
  ]);
  return withInterruption(async (signal) => {
    using display = new ProgressDisplay(process.stderr, name);
    const { record, notes } = await createFromFile(new ModelStore(), name, file, {
      signal,
      offline,
      quantize,
      onProgress: display.show,
    });
    display[Symbol.dispose]();
    for (const note of notes) process.stderr.write(`note: ${note}\n`);
    if (json) printJson(record);
    else process.stderr.write(`${record.name} is made. Try: mullama run ${record.name}\n`);
  });
}
