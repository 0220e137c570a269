import { addLoadOptions, type LoadCommandOptions } from "../../load-options.js";
import { wholeNumber } from "../../parse-number.js";
import { type AddCommand, examples } from "../command.js";

export interface RerankCommandOptions extends LoadCommandOptions {
  readonly topN?: number;
  readonly normalize?: true;
  readonly truncate?: true;
  readonly json?: true;
}

export const addRerank: AddCommand = (program, finish) => {
  const command = program
    .command("rerank")
    .description("sort documents by how well they answer a question")
    .argument("<model>", "a GGUF file, or the name of a model that was made for it")
    .argument("<query>", "the question")
    .argument("[document...]", "the documents; without any, or with -, each line of standard input is one")
    .option("--top-n <count>", "show the best only", wholeNumber(1, 2 ** 31 - 1))
    .option("--normalize", "scores from 0 to 1, rather than the model's own")
    .option("--truncate", "cut documents that are too long for the model, rather than to fail")
    .option("--json", "print JSON");
  addLoadOptions(command)
    .addHelpText(
      "after",
      examples(
        'mullama rerank bge-reranker-v2-m3 "What is a river?" "Water that flows." "A kind of bread."',
        'mullama rerank bge-reranker-v2-m3 "error on start" --top-n 3 < tickets.txt',
      ),
    )
    .action(async (model: string, query: string, words: string[], options: RerankCommandOptions) => {
      const { rerankCommand } = await import("./rerank-command.js");
      finish(await rerankCommand(model, query, words, options));
    });
};
