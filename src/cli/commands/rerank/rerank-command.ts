import { ArgumentError } from "../../../errors.js";
import { loadModel } from "../../load-options.js";
import { readTexts } from "../../read-input.js";
import { withInterruption } from "../../with-interruption.js";
import { printJson, printTable } from "../command.js";
import type { RerankCommandOptions } from "./add-rerank.js";

/** `mullama rerank`: the best documents first. @returns the exit status */
export function rerankCommand(
  name: string,
  query: string,
  words: readonly string[],
  options: RerankCommandOptions,
): Promise<number> {
  return withInterruption(async (signal) => {
    const documents = await readTexts(words, `mullama rerank ${name} "${query}" "a text" "another"`, signal);
    if (documents.length === 0) throw new ArgumentError("DOCUMENT", "at least one text that is not empty", documents);
    await using model = await loadModel(name, options, { signal });
    const { normalize = false, truncate = false, topN } = options;
    const ranked = (await model.rerank(query, documents, { normalize, truncate, signal })).slice(0, topN);
    if (options.json === true) return printJson({ model: model.name, query, results: ranked });
    const rows = ranked.map(({ index, document, score }) => [
      score.toFixed(4),
      String(index + 1),
      document.replace(/\s+/g, " "),
    ]);
    const columns = [
      { title: "SCORE", align: "right" },
      { title: "NO.", align: "right" },
      { title: "DOCUMENT", shrinks: true },
    ] as const;
    await printTable(columns, rows);
  });
}
