/** Checks of what a request to generate asks for, before anything is done about it. */
import { ArgumentError } from "../errors.js";
import {
  checkArray,
  checkBoolean,
  checkInteger,
  checkNumber,
  checkOneOf,
  checkOptions,
  checkText,
  checkTokens,
} from "../llama/check.js";
import type { GenerationRequest, Overflow } from "./generation-request.js";
import { samplingOptionNames } from "./sampling/sampling-options.js";

const MOST = 2 ** 31 - 1;
const overflows: readonly Overflow[] = ["stop", "error", "shift"];
const ownNames: readonly (keyof GenerationRequest)[] = [
  "prompt",
  "addSpecial",
  "parseSpecial",
  "maxPromptTokens",
  "maxTokens",
  "stop",
  "stopTokens",
  "renderSpecial",
  "echo",
  "adapters",
  "controlVectors",
  "priority",
  "deadline",
  "overflow",
  "keepTokens",
  "reuse",
  "speculate",
];

/**
 * Checks everything but the sampling options, which the sampler checks.
 *
 * @throws {ArgumentError} naming the option
 */
export function checkGenerationRequest(request: GenerationRequest, vocabularySize: number): void {
  checkOptions("request", request, [...ownNames, ...samplingOptionNames]);
  if (typeof request.prompt !== "string") checkTokens("prompt", request.prompt, vocabularySize);
  for (const name of ["addSpecial", "parseSpecial", "renderSpecial", "echo", "reuse", "speculate"] as const) {
    if (request[name] !== undefined) checkBoolean(name, request[name]);
  }
  optional(request.maxPromptTokens, (value) => checkInteger("maxPromptTokens", value, 1, MOST));
  optional(request.maxTokens, (value) => checkInteger("maxTokens", value, 0, MOST));
  optional(request.keepTokens, (value) => checkInteger("keepTokens", value, 0, MOST));
  optional(request.priority, (value) => checkNumber("priority", value));
  optional(request.deadline, (value) => checkNumber("deadline", value, 0, MOST));
  optional(request.overflow, (value) => checkOneOf("overflow", value, overflows));
  optional(request.stopTokens, (value) => checkTokens("stopTokens", value, vocabularySize));
  optional(request.stop, (value) => checkArray("stop", value).forEach((text, index) => checkStop(text, index)));
  optional(request.adapters, (value) => checkFiles("adapters", value, "scale"));
  optional(request.controlVectors, (value) => checkFiles("controlVectors", value, "strength"));
}

function optional<Value>(value: Value | undefined, check: (value: Value) => unknown): void {
  if (value !== undefined) check(value);
}

function checkStop(text: unknown, index: number): void {
  if (typeof text !== "string" || text === "")
    throw new ArgumentError(`stop[${index}]`, "a text that is not empty", text);
}

function checkFiles(name: string, value: unknown, factor: "scale" | "strength"): void {
  const paths = new Set<string>();
  for (const [index, choice] of checkArray(name, value).entries()) {
    checkOptions(`${name}[${index}]`, choice, ["path", factor]);
    const { path, [factor]: by } = choice as { path: unknown; scale?: unknown; strength?: unknown };
    checkText(`${name}[${index}].path`, path);
    optional(by, (given) => checkNumber(`${name}[${index}].${factor}`, given));
    if (paths.has(path as string)) throw new ArgumentError(`${name}[${index}].path`, "listed once", path);
    paths.add(path as string);
  }
}
