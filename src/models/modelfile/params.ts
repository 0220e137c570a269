import { ArgumentError } from "../../errors.js";
import type { ModelDefaults } from "../model-record.js";
import { closest } from "../suggest.js";
import { type Meaning, parameterNames, parameterOf, type ParameterName } from "./parameters.js";
import { allowed, problemOf } from "./read-parameter.js";

/** What Ollama's parameters mean here. */
export interface ParamsMeaning {
  readonly defaults: ModelDefaults;
  /** Most tokens that a draft model guesses at a time, where that is said. */
  readonly maxDraft?: number | undefined;
  /** What has no effect here, or another one, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Says in mullama's names what Ollama's parameters mean: those of a model's params layer, or the `options` of a request.
 *
 * What is not known by its name changes nothing and is noted, as newer versions of Ollama may have more.
 *
 * @param json an object such as `{ "stop": ["<|im_end|>"], "num_ctx": 4096 }`
 * @throws {ArgumentError} for a value of the wrong type or out of range
 *
 * @example
 * const { defaults } = paramsToDefaults({ num_ctx: 4096, num_predict: 100 }); // { contextSize: 4096, maxTokens: 100 }
 */
export function paramsToDefaults(json: unknown): ParamsMeaning {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new ArgumentError("options", "an object of parameters", json);
  const defaults: Record<string, unknown> = {};
  const notes: string[] = [];
  let maxDraft: number | undefined;
  const given = new Map<string, unknown>(Object.entries(json));
  for (const [name, value] of given) {
    if (value === null || value === undefined) continue;
    const known = parameterNames.find((one) => one === name);
    if (known === undefined) {
      const near = closest(name.slice(0, 40), parameterNames);
      notes.push(`${name.slice(0, 40)} is no parameter${near === undefined ? "" : `; did you mean ${near}?`}`);
      continue;
    }
    const meaning = meaningOf(known, value);
    Object.assign(defaults, meaning.defaults);
    maxDraft = meaning.maxDraft ?? maxDraft;
    if (meaning.note !== undefined) notes.push(`${name} has no effect: ${meaning.note}`);
  }
  const { penaltyLastTokens, contextSize } = defaults;
  if (penaltyLastTokens === -1) defaults["penaltyLastTokens"] = wholeContext(contextSize, notes);
  addMirostat(defaults, given, notes);
  return { defaults, maxDraft, notes };
}

function meaningOf(name: ParameterName, value: unknown): Meaning {
  const parameter = parameterOf(name);
  if (parameter.type === "texts") {
    const texts: unknown = typeof value === "string" ? [value] : value;
    if (!Array.isArray(texts) || !texts.every((text) => typeof text === "string"))
      throw new ArgumentError(`options.${name}`, "a text or an array of texts", value);
    return { defaults: { stop: texts.filter((text) => text !== "") } };
  }
  if (parameter.type === "boolean" && typeof value === "boolean") return parameter.mean(value);
  if (problemOf(name, value) !== undefined || parameter.type === "boolean" || typeof value !== "number")
    throw new ArgumentError(`options.${name}`, allowed(name), value);
  return parameter.mean(value);
}

/** As many tokens as the context has, or many. */
function wholeContext(contextSize: unknown, notes: string[]): number {
  if (typeof contextSize === "number") return Math.min(contextSize, 2 ** 24);
  notes.push("repeat_last_n -1 counts the last 32768 tokens, as num_ctx is not given");
  return 32768;
}

function addMirostat(defaults: Record<string, unknown>, given: ReadonlyMap<string, unknown>, notes: string[]): void {
  const tau = given.get("mirostat_tau") ?? undefined;
  const eta = given.get("mirostat_eta") ?? undefined;
  const { mirostat } = defaults;
  if (typeof mirostat === "object" && mirostat !== null) {
    defaults["mirostat"] = {
      ...mirostat,
      ...(tau === undefined ? {} : { tau }),
      ...(eta === undefined ? {} : { eta }),
    };
  } else if (tau !== undefined || eta !== undefined) {
    notes.push("mirostat_tau and mirostat_eta have no effect without mirostat 1 or 2");
  }
}
