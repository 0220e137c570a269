import { metadataString } from "../../../gguf/index.js";
import { printJson, printLines } from "../command.js";
import { painterFor } from "../../terminal/color.js";
import type { ShowOptions } from "./add-show.js";
import { modelfileText } from "./modelfile-text.js";
import { metadataLines, tensorLines } from "./file-lines.js";
import { overview, overviewJson } from "./overview.js";
import { readModel, type ShownModel } from "./shown-model.js";

/** `mullama show`: what a model is. */
export async function showCommand(name: string, options: ShowOptions): Promise<void> {
  const shown = await readModel(name);
  if (options.json === true) return printJson(overviewJson(shown, options));
  for (const [option, part] of Object.entries(parts)) {
    if (options[option as keyof typeof parts] === true) return printLines(part(shown));
  }
  printLines(overview(shown, process.stdout.columns ?? Infinity, painterFor(process.stdout)));
}

/** The parts that may be asked for alone. */
export const parts: Readonly<
  Record<
    "template" | "system" | "license" | "modelfile" | "metadata" | "tensors",
    (shown: ShownModel) => readonly string[]
  >
> = {
  template: ({ resolved, header }) =>
    texts(resolved.definition?.template ?? metadataString(header.metadata, "tokenizer.chat_template")),
  system: ({ resolved }) => texts(resolved.definition?.system),
  license: ({ resolved, header }) => {
    const { licenses = [] } = resolved.definition ?? {};
    return licenses.length > 0 ? licenses : texts(metadataString(header.metadata, "general.license"));
  },
  modelfile: modelfileText,
  metadata: ({ header }) => metadataLines(header),
  tensors: ({ header }) => tensorLines(header, process.stdout.columns),
};

function texts(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text];
}
