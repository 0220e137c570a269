import { Command, Option } from "commander";
import { type AddCommand, examples } from "./commands/command.js";
import { addBench } from "./commands/bench/add-bench.js";
import { addCompletion } from "./commands/completion/add-completion.js";
import { addCopy } from "./commands/copy.js";
import { addCreate } from "./commands/create.js";
import { addDoctor } from "./commands/doctor/add-doctor.js";
import { addEmbed } from "./commands/embed/add-embed.js";
import { addGc } from "./commands/gc.js";
import { addImport } from "./commands/import.js";
import { addKey } from "./commands/key.js";
import { addList } from "./commands/list.js";
import { addPs } from "./commands/ps.js";
import { addPull } from "./commands/pull.js";
import { addPush } from "./commands/push.js";
import { addRemove } from "./commands/remove.js";
import { addRerank } from "./commands/rerank/add-rerank.js";
import { addRun } from "./commands/run/add-run.js";
import { addServe } from "./commands/serve/add-serve.js";
import { addShow } from "./commands/show/add-show.js";
import { addStop } from "./commands/stop.js";
import { addTokenize } from "./commands/tokenize/add-tokenize.js";
import { helpLayout } from "./help-layout.js";
import { chooseColor, colorChoices, type ColorChoice } from "./terminal/color.js";
import { versionText } from "./version.js";

/** The commands, as `--help` lists them. */
const groups: Readonly<Record<string, readonly AddCommand[]>> = {
  "Talking:": [addRun],
  "Models:": [addPull, addList, addShow, addCopy, addRemove, addCreate, addPush, addImport, addGc],
  "Serving:": [addServe, addPs, addStop, addKey],
  "Other uses:": [addEmbed, addRerank, addTokenize, addBench],
  "This machine:": [addDoctor, addCompletion],
};

/**
 * The command line of `mullama`.
 * Nothing in it ends the process: commander's own exits are thrown, and `onExitCode` hears what a command ends with.
 */
export function createProgram(onExitCode: (exitCode: number) => void): Command {
  const program: Command = new Command("mullama")
    .configureHelp(helpLayout)
    .description("llama.cpp for TypeScript: talk to models on this machine.")
    .version(versionText(), "-V, --version", "print the versions of mullama and llama.cpp")
    .helpOption("-h, --help", "print this help")
    .showHelpAfterError("hint: mullama --help lists the commands and options.")
    .addOption(
      new Option("--color <when>", "colours; auto: on terminals, unless NO_COLOR is set")
        .choices(colorChoices)
        .default("auto"),
    )
    .hook("preAction", () => chooseColor(program.getOptionValue("color") as ColorChoice))
    .exitOverride();

  for (const [title, commands] of Object.entries(groups)) {
    program.commandsGroup(title);
    for (const add of commands) add(program, onExitCode);
  }
  program.helpCommand("help [command]", "print the help of a command");
  return program.addHelpText(
    "after",
    examples(
      "mullama run smollm2:135m",
      'mullama run smollm2:135m "Why is the sky blue?"',
      "mullama run hf:Qwen/Qwen3-0.6B-GGUF:Q8_0",
      "mullama pull smollm2:135m",
      "mullama serve",
    ),
  );
}
