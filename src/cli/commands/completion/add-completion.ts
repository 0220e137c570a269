import { Argument } from "commander";
import { type AddCommand, examples, printLines } from "../command.js";

const shells = ["bash", "zsh", "fish"] as const;

/** `mullama completion`, and `mullama complete`, which the scripts that it prints ask. */
export const addCompletion: AddCommand = (program) => {
  program
    .command("completion")
    .description("print a script that has your shell complete commands, options and names of models")
    .addArgument(new Argument("<shell>", "the shell").choices(shells))
    .addHelpText(
      "after",
      examples(
        'eval "$(mullama completion bash)"     # in ~/.bashrc',
        'eval "$(mullama completion zsh)"      # in ~/.zshrc, behind compinit',
        "mullama completion fish > ~/.config/fish/completions/mullama.fish",
      ),
    )
    .action(async (shell: (typeof shells)[number]) => {
      const { scripts } = await import("./scripts.js");
      process.stdout.write(scripts[shell]);
    });
  program
    .command("complete", { hidden: true })
    .description("print what the last of some words may become")
    .argument("[words...]", "what stands behind mullama so far")
    .action(async (words: string[]) => {
      const { candidates } = await import("./candidates.js");
      printLines(await candidates(program, words));
    });
};
