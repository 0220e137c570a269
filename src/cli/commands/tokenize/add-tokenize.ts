import { Option } from "commander";
import { type AddCommand, examples } from "../command.js";

export interface TokenizeCommandOptions {
  readonly ids?: true;
  readonly count?: true;
  readonly detokenize?: true;
  readonly special: boolean;
  readonly parseSpecial?: true;
  readonly offline?: true;
  readonly json?: true;
}

export const addTokenize: AddCommand = (program, finish) => {
  program
    .command("tokenize")
    .description("show the tokens of a text, as a model sees them; loads no weights")
    .argument("<model>", "a GGUF file, or the name of a model")
    .argument("[text...]", "the text; without one, or with -, it is read from standard input")
    .addOption(new Option("--ids", "only the tokens' numbers, in one line").conflicts(["count", "detokenize"]))
    .addOption(new Option("--count", "only how many there are").conflicts("detokenize"))
    .option("--detokenize", "the other way: numbers of tokens to text")
    .option("--no-special", "without what the model wants around a text, such as BOS")
    .option("--parse-special", "read control tokens in the text, such as <|im_start|>, as such")
    .option("--offline", "do not download anything")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples(
        'mullama tokenize smollm2:135m "Hello, world"',
        "mullama tokenize smollm2:135m --count - < README.md",
        "mullama tokenize smollm2:135m --detokenize 19556 28 905",
      ),
    )
    .action(async (model: string, words: string[], options: TokenizeCommandOptions) => {
      const { tokenizeCommand } = await import("./tokenize-command.js");
      finish(await tokenizeCommand(model, words, options));
    });
};
