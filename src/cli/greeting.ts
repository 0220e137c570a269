import { entryLines, wrapText } from "./terminal/entries.js";

/** What `mullama` alone prints. @param columns how wide the terminal is */
export function greeting(columns: number): string {
  // The last column stays free.
  const width = columns - 1;
  const entries = entryLines(
    [
      ["mullama run smollm2:135m", "talk to a small model; it is fetched the first time"],
      ['mullama run MODEL "a question"', "get one answer"],
      ["mullama list --available", "see what other models there are"],
      ["mullama serve", "serve models to programs that speak OpenAI's or Ollama's API"],
      ["mullama doctor", "see what this machine has"],
    ],
    width - 2,
  );
  return [
    ...wrapText("mullama: llama.cpp for TypeScript. Talk to models on this machine.", width),
    "",
    ...entries.map((line) => `  ${line}`),
    "",
    ...wrapText("mullama --help lists all commands, mullama COMMAND --help what one can do.", width),
    "",
  ].join("\n");
}
