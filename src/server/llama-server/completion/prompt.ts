/** The prompts of a request, in each of the forms that llama-server takes. */
import { z } from "zod";
import type { LoadedModel } from "../../../mullama.js";
import { HttpError } from "../../http/http-error.js";

/** Each is sent to the engine on its own. */
const MOST_TEXTS = 2048;

const part = z.union([z.string(), z.int().min(0)], "It must be a text or a token.");

const object = z.strictObject({
  prompt_string: z.string(),
  multimodal_data: z.array(z.unknown()).max(0, "Models here read text only.").optional(),
});

const single = z.union([z.string(), z.array(part).min(1), object]);

/** A text, tokens, texts among tokens, `{ prompt_string }`, or an array of these. */
export const promptSchema = z.union(
  [single, z.array(single).min(1).max(2048)],
  "It must be a text, tokens, both mixed, { prompt_string } without media, or an array of these.",
);

export type PromptField = z.output<typeof promptSchema>;

/** One prompt: texts and tokens, one after another. */
export type PromptParts = readonly (string | number)[];

/** The prompts one by one. An array of texts only is several of them. */
export function promptsOf(field: PromptField): readonly PromptParts[] {
  if (!Array.isArray(field)) return [partsOf(field)];
  const hasTokens = field.some((one) => typeof one === "number");
  if (hasTokens) return [field.flatMap((one) => (typeof one === "number" ? [one] : partsOf(one)))];
  return field.map((one) => (typeof one === "number" ? [one] : partsOf(one)));
}

function partsOf(one: z.output<typeof single>): PromptParts {
  if (typeof one === "string") return [one];
  return Array.isArray(one) ? one : [one.prompt_string];
}

/** The tokens of a prompt. One that begins with a text begins with what the model wants there, such as BOS. */
export async function promptTokens(model: LoadedModel, parts: PromptParts): Promise<Int32Array> {
  if (parts.filter((one) => typeof one === "string").length > MOST_TEXTS)
    throw new HttpError("ARGUMENT_INVALID", `prompt: It has over ${MOST_TEXTS} texts among its tokens.`, {
      param: "prompt",
    });
  const tokens: number[] = [];
  for (const [index, one] of parts.entries()) {
    if (typeof one === "number") tokens.push(one);
    else
      for (const token of await model.tokenize(one, { addSpecial: index === 0, parseSpecial: true }))
        tokens.push(token);
  }
  return Int32Array.from(tokens);
}
