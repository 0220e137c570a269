import { InvalidArgumentError } from "commander";
import type { RequestLimitOptions } from "../../../server/index.js";

/** Reads `name=number`, one after another; which names there are the server says. */
export function limits(given: string, before: RequestLimitOptions = {}): RequestLimitOptions {
  const [, name, number] = /^(\w+)=(\d+)$/.exec(given) ?? [];
  if (name === undefined) throw new InvalidArgumentError("It must be a name, = and a number, such as maxTokens=1024.");
  return { ...before, [name]: Number(number) };
}
