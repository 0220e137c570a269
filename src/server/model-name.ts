import { z } from "zod";
import { HttpError } from "./http/http-error.js";
import type { Services } from "./services.js";

/** The field of a request that names its model; {@link modelName} says what it means. */
export const modelField = z.string().optional().describe("Name of the model. Default: the only one that there is.");

/**
 * The name of the model that a request means. Where it names none, the only one that there is: the only preset, the only
 * one that is loaded, or the only one of the store.
 *
 * @throws {HttpError} `ARGUMENT_INVALID` where there are several, or none
 */
export async function modelName(
  { directory, pool }: Pick<Services, "directory" | "pool">,
  given: string | undefined,
): Promise<string> {
  if (given !== undefined && given !== "") return given;
  const sources = [() => directory.presets(), () => pool.list(), () => directory.list()];
  let names: readonly string[] = [];
  for (const source of sources) {
    names = (await source()).map(({ id }) => id);
    const [only, ...others] = names;
    if (only !== undefined && others.length === 0) return only;
  }
  const problem = names.length === 0 ? "this server has none" : `this server has ${names.join(", ")}`;
  throw new HttpError("ARGUMENT_INVALID", `model: The request names no model, and ${problem}.`, { param: "model" });
}
