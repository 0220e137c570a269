/** Runs a parsed template, which whoever made the model has written, for so long and so far and no further. */
import { Environment, Interpreter, type Template } from "@huggingface/jinja";
import { MullamaError } from "../errors.js";
import { inTime, requireTime, TooComplexError } from "./patience.js";
import { strftime } from "./strftime.js";

/** Characters that pass through a rendering. */
const MOST_TEXT = 2 ** 28;
/** Items of one list. */
const MOST_ITEMS = 100_000;

type Program = Template["parsed"];

/** What is used of the interpreter, whose own types cannot be read under Node's rules of modules. */
type Runs = new (environment: Environment) => {
  run(program: Program): { readonly value: unknown };
  evaluate(node: unknown, environment: unknown): { readonly value: unknown };
};

/** @throws {Error} what the template raises; {MullamaError} `TEMPLATE_FAILED` where it would not end */
export function renderJinja(program: Program, variables: Readonly<Record<string, unknown>>): string {
  const environment = new Environment();
  for (const [key, value] of Object.entries({ ...globals, ...variables })) environment.set(key, value);
  try {
    return String(inTime(() => new BoundedInterpreter(environment).run(program)).value);
  } catch (error) {
    throw error instanceof TooComplexError ? endless() : error;
  }
}

class BoundedInterpreter extends (Interpreter as unknown as Runs) {
  #steps = 0;
  #text = 0;

  override evaluate(node: unknown, environment: unknown): { readonly value: unknown } {
    if (++this.#steps % 64 === 0) requireTime();
    const result = super.evaluate(node, environment);
    const { value } = result;
    if (typeof value === "string") this.#text += value.length;
    else if (Array.isArray(value) && value.length > MOST_ITEMS) throw endless();
    if (this.#text > MOST_TEXT) throw endless();
    return result;
  }
}

/** What Python's Jinja gives to chat templates. */
const globals: Readonly<Record<string, unknown>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
  range,
  raise_exception: (message: unknown) => {
    throw new TypeError(String(message));
  },
  strftime_now: (format: string) => strftime(new Date(), format),
};

function range(first: number, second?: number, step = 1): number[] {
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (!(count <= MOST_ITEMS)) throw endless();
  return Array.from({ length: count }, (_, index) => start + index * step);
}

function endless(): MullamaError {
  return new MullamaError("TEMPLATE_FAILED", "The chat template does too much: it may have no end.");
}
