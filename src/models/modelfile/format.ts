import { MullamaError } from "../../errors.js";
import type { Modelfile } from "./modelfile.js";
import { quoteValue } from "./quotes.js";

/**
 * Writes a Modelfile that {@link parseModelfile} reads as the same.
 *
 * @throws {MullamaError} `MODELFILE_INVALID` for a text that the format cannot say, such as one with a carriage return
 */
export function formatModelfile(modelfile: Modelfile): string {
  const lines: string[] = [];
  const write = (instruction: string, value: string | undefined) => {
    if (value === undefined) return;
    const written = quoteValue(value);
    if (written === undefined || value.includes("\r"))
      throw new MullamaError("MODELFILE_INVALID", `A Modelfile cannot say this value of ${instruction}.`, {
        hint: "It has lines that end in quotes, or a carriage return; write it to a mullama.json.",
      });
    lines.push(`${instruction} ${written}`);
  };
  for (const from of modelfile.from) write("FROM", from);
  for (const adapter of modelfile.adapters) write("ADAPTER", adapter);
  write("DRAFT", modelfile.draft);
  write("TEMPLATE", modelfile.template);
  write("RENDERER", modelfile.renderer);
  write("PARSER", modelfile.parser);
  write("SYSTEM", modelfile.system);
  for (const { name, value } of modelfile.parameters) write(`PARAMETER ${name}`, String(value));
  for (const { role, content } of modelfile.messages) write(`MESSAGE ${role}`, content);
  write("REQUIRES", modelfile.requires);
  for (const license of modelfile.licenses) write("LICENSE", license);
  return `${lines.join("\n")}\n`;
}
