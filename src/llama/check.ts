/** Checks of arguments: one helper a rule, so that one mistake has one message everywhere. */
import { ArgumentError } from "../errors.js";

export function checkInteger(name: string, value: unknown, min: number, max: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
    throw new ArgumentError(name, `an integer from ${min} to ${max}`, value);
  }
  return value;
}

/** A finite number in [min, max]. */
export function checkNumber(
  name: string,
  value: unknown,
  min = -Number.MAX_VALUE,
  max: number = Number.MAX_VALUE,
): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value < min || value > max) {
    throw new ArgumentError(name, range(min, max), value);
  }
  return value;
}

function range(min: number, max: number): string {
  const low = min === -Number.MAX_VALUE ? "" : ` of at least ${min}`;
  const high = max === Number.MAX_VALUE ? "" : `${low === "" ? " of" : " and"} at most ${max}`;
  return `a finite number${low}${high}`;
}

export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw new ArgumentError(name, "a boolean", value);
  return value;
}

/** Text for C: a string without a zero character, which would end it early. */
export function checkText(name: string, value: unknown): string {
  if (typeof value !== "string") throw new ArgumentError(name, "a string", value);
  if (value.includes("\0")) throw new ArgumentError(name, "a string without zero characters", value);
  return value;
}

export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== "function") throw new ArgumentError(name, "a function", value);
}

export function checkArray(name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new ArgumentError(name, "an array", value);
  return value as readonly unknown[];
}

export function checkOneOf<Value extends string>(name: string, value: unknown, allowed: readonly Value[]): Value {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined)
    throw new ArgumentError(name, `one of ${allowed.map((one) => JSON.stringify(one)).join(", ")}`, value);
  return found;
}

/** Token ids as C takes them: every one an integer in [0, vocabularySize). */
export function checkTokens(name: string, tokens: unknown, vocabularySize: number): Int32Array {
  const list =
    tokens instanceof Int32Array ? tokens : Array.isArray(tokens) ? (tokens as readonly unknown[]) : undefined;
  if (list === undefined) throw new ArgumentError(name, "an Int32Array or an array of token ids", tokens);
  for (let index = 0; index < list.length; index++) {
    const token = list[index];
    if (typeof token !== "number" || !Number.isInteger(token) || token < 0 || token >= vocabularySize) {
      throw new ArgumentError(`${name}[${index}]`, `a token id from 0 to ${vocabularySize - 1}`, token);
    }
  }
  return list instanceof Int32Array ? list : Int32Array.from(list as readonly number[]);
}

/** Options by name only: an unknown key is an error, with the nearest known one as a suggestion. */
export function checkOptions(name: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) throw new ArgumentError(name, "an object", options);
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const near = known.find((candidate) => normalize(candidate) === normalize(key));
    throw new ArgumentError(`${name}.${key}`, `left out: there is no such option`, "given", {
      hint: near === undefined ? `Known are ${known.join(", ")}.` : `Did you mean ${near}?`,
    });
  }
}

/** Alike but for case, `_` and C's `n_` prefix. */
function normalize(key: string): string {
  return key.replace(/^n_/, "").replaceAll("_", "").toLowerCase();
}
