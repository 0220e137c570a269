import { ArgumentError } from "../../errors.js";

/**
 * The texts to choose from, each once.
 *
 * @param name what the caller calls them
 * @throws {ArgumentError} where there is nothing to choose from, or something is no text
 */
export function distinctChoices<Option extends string>(name: string, choices: readonly Option[]): Option[] {
  const given: readonly unknown[] = choices;
  if (!Array.isArray(given) || given.length === 0 || !given.every((one) => typeof one === "string" && one !== ""))
    throw new ArgumentError(name, "a list of texts that are not empty", given);
  return [...new Set(choices)];
}
