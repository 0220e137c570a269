import { type AddCommand, examples } from "../command.js";

export interface ShowOptions {
  readonly template?: boolean;
  readonly system?: boolean;
  readonly license?: boolean;
  readonly modelfile?: boolean;
  readonly metadata?: boolean;
  readonly tensors?: boolean;
  readonly json?: boolean;
}

export const addShow: AddCommand = (program) => {
  program
    .command("show")
    .description("show what a model is, and whether it fits this machine")
    .argument("<model>", "a model of this machine, or a GGUF file")
    .option("--template", "only its chat template")
    .option("--system", "only its system message")
    .option("--license", "only its license")
    .option("--modelfile", "only a Modelfile that says the same")
    .option("--metadata", "only its file's metadata")
    .option("--tensors", "only its tensors")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples(
        "mullama show smollm2:135m",
        "mullama show ./model.gguf --tensors",
        "mullama show smollm2:135m --json | jq .memory",
      ),
    )
    .action(async (name: string, options: ShowOptions) => {
      const { showCommand } = await import("./show-command.js");
      await showCommand(name, options);
    });
};
