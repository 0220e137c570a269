import { withInterruption } from "../with-interruption.js";
import { type AddCommand, examples, printJson } from "./command.js";

interface PushCommandOptions {
  readonly insecure?: boolean;
  readonly json?: boolean;
}

export const addPush: AddCommand = (program, finish) => {
  program
    .command("push")
    .description("push a model to Ollama's registry, or to another that speaks its protocol")
    .argument("<model>", "its name")
    .argument("[destination]", "namespace/name[:tag] or host/namespace/name[:tag] (default: the model's name)")
    .option("--insecure", "speak to the host without encryption")
    .option("--json", "print one JSON object when it is there")
    .addHelpText(
      "after",
      examples("mullama push pirate me/pirate", "mullama push pirate registry.example.org/team/pirate:v1"),
    )
    .action(async (name: string, destination: string | undefined, options: PushCommandOptions) =>
      finish(await push(name, destination, options)),
    );
};

async function push(name: string, destination: string | undefined, options: PushCommandOptions): Promise<number> {
  const [{ pushModel }, { ProgressDisplay }] = await Promise.all([
    import("../../models/index.js"),
    import("../progress-display.js"),
  ]);
  const { insecure = false, json = false } = options;
  return withInterruption(async (signal) => {
    using display = new ProgressDisplay(process.stderr, name);
    const pushed = await pushModel(name, {
      destination,
      insecure,
      signal,
      onProgress: ({ destination: source, sent: received, ...progress }) =>
        display.advance({ ...progress, source, received }),
    });
    display[Symbol.dispose]();
    for (const note of pushed.notes) process.stderr.write(`note: ${note}\n`);
    if (json) printJson(pushed);
    else process.stderr.write(`${pushed.name} can be pulled now.\n`);
  });
}
