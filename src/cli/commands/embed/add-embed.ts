import { Option } from "commander";
import { addLoadOptions, type LoadCommandOptions } from "../../load-options.js";
import { wholeNumber } from "../../parse-number.js";
import { type AddCommand, examples } from "../command.js";

export const vectorFormats = ["ndjson", "json", "base64"] as const;

export interface EmbedCommandOptions extends LoadCommandOptions {
  readonly format: (typeof vectorFormats)[number];
  readonly compare?: true;
  readonly pooling?: "mean" | "cls" | "last";
  readonly dimensions?: number;
  readonly normalize: boolean;
  readonly truncate?: true;
  readonly json?: true;
}

export const addEmbed: AddCommand = (program, finish) => {
  const command = program
    .command("embed")
    .description("turn texts into vectors")
    .argument("<model>", "a GGUF file, or the name of a model")
    .argument("[text...]", "the texts; without any, or with -, each line of standard input is one")
    .addOption(
      new Option("--format <format>", "ndjson: a vector in each line; json: one object; base64: of 32-bit floats")
        .choices(vectorFormats)
        .default("ndjson"),
    )
    .option("--compare", "show how similar the texts are to each other instead, from -1 to 1")
    .addOption(
      new Option("--pooling <kind>", "how tokens become one vector (default: as the model was trained)").choices([
        "mean",
        "cls",
        "last",
      ]),
    )
    .option("--dimensions <count>", "keep the first numbers of each vector only", wholeNumber(1, 2 ** 20))
    .option("--no-normalize", "do not scale vectors to length 1")
    .option("--truncate", "cut texts that are too long for the model, rather than to fail")
    .option("--json", "the same as --format json; with --compare, the similarities as JSON");
  addLoadOptions(command)
    .addHelpText(
      "after",
      examples(
        'mullama embed nomic-embed-text "a text" "another"',
        "mullama embed nomic-embed-text < lines.txt > vectors.ndjson",
        'mullama embed nomic-embed-text --compare "a cat" "a kitten" "a train"',
      ),
    )
    .action(async (model: string, words: string[], options: EmbedCommandOptions) => {
      const { embedCommand } = await import("./embed-command.js");
      finish(await embedCommand(model, words, options));
    });
};
