import type { z } from "zod";
import type { SamplingOptions } from "../../../engine/sampling/sampling-options.js";
import type { LoadedModel } from "../../../mullama.js";
import type { biasSchema } from "./sampling-fields.js";

/** The biases of single tokens. Of a text, each of its tokens has the bias; false rules a token out. */
export async function readBias(
  model: LoadedModel,
  given: z.output<typeof biasSchema> | undefined,
): Promise<SamplingOptions["logitBias"]> {
  if (given === undefined) return undefined;
  const isList = Array.isArray(given);
  const entries: readonly (readonly [number | string, number | false])[] = isList ? given : Object.entries(given);
  const biases = await Promise.all(
    entries.map(async ([key, bias]) => {
      const value = bias === false ? -Infinity : bias;
      const tokens =
        typeof key === "number" || (!isList && /^\d+$/.test(key))
          ? [Number(key)]
          : [...(await model.tokenize(key, { addSpecial: false }))];
      return tokens.map((token) => [token, value] as const);
    }),
  );
  return biases.flat();
}
