import { ArgumentError, MullamaError } from "../../errors.js";
import type { ChatMessage, ToolCall } from "../message.js";
import { readSchema, type Schema, type SchemaOutput } from "../structured/standard-schema.js";
import type { ToolDefinition } from "./tool-definition.js";

/** What a tool knows of the call that it answers. */
export interface ToolContext {
  /** Aborted when the answer is cancelled, and when the tool's time is over. */
  readonly signal: AbortSignal;
  readonly toolCallId: string;
  /** The conversation up to the call. */
  readonly messages: readonly ChatMessage[];
}

/** A tool: what the model sees of it, and what it does. */
export interface Tool<Input = never> {
  /** What it is for, and when to use it. */
  readonly description?: string | undefined;
  /** A schema of its input, an object. Default: it has none. */
  readonly parameters?: Schema | undefined;
  /**
   * Does it. What it returns is given to the model: a text as it is, all else as JSON. What it throws is told the model, too.
   * A tool without it ends the loop, and is left to the caller.
   */
  execute?(input: Input, context: ToolContext): unknown;
  /** Milliseconds that it may take. Default 60,000. */
  readonly timeout?: number | undefined;
}

/** Tools by their names. */
export type ToolSet = Readonly<Record<string, Tool>>;

/**
 * Defines a tool; its input has the type of its schema.
 *
 * @example
 * const weather = tool({
 *   description: "The weather in a city",
 *   parameters: z.object({ city: z.string() }),
 *   execute: ({ city }) => `Sunny in ${city}`,
 * });
 */
export function tool<Given extends Schema>(definition: {
  readonly description?: string;
  readonly parameters: Given;
  execute?(input: SchemaOutput<Given>, context: ToolContext): unknown;
  readonly timeout?: number;
}): Tool {
  return definition;
}

/** A tool that has been read. */
export interface ReadTool {
  readonly definition: ToolDefinition;
  readonly tool: Tool;
  validate(value: unknown): Promise<{ readonly value: unknown } | { readonly problem: string }>;
}

/** @throws {ArgumentError} naming the tool */
export async function readTools(tools: ToolSet): Promise<ReadonlyMap<string, ReadTool>> {
  if (typeof tools !== "object" || tools === null)
    throw new ArgumentError("tools", "an object of tools by name", tools);
  const read = new Map<string, ReadTool>();
  for (const [name, given] of Object.entries(tools)) {
    const { description, parameters, execute, timeout } = given as Partial<Tool>;
    if (execute !== undefined && typeof execute !== "function")
      throw new ArgumentError(`tools.${name}.execute`, "a function", execute);
    if (timeout !== undefined && !(timeout > 0))
      throw new ArgumentError(`tools.${name}.timeout`, "milliseconds", timeout);
    const schema = parameters === undefined ? undefined : await readSchema(parameters);
    read.set(name, {
      definition: { name, description, parameters: schema?.json },
      tool: given,
      validate: schema === undefined ? (value) => Promise.resolve({ value }) : (value) => schema.validate(value),
    });
  }
  return read;
}

/** What a tool answered, as the model is told it. */
export interface ToolAnswer {
  readonly call: ToolCall;
  readonly text: string;
  /** What it returned; undefined where it failed. */
  readonly value?: unknown;
  /** What it threw, where it failed. */
  readonly error?: unknown;
}

/** Runs a tool. What goes wrong is its answer, for the model to deal with. */
export async function runTool(
  read: ReadTool | undefined,
  call: ToolCall,
  messages: readonly ChatMessage[],
  signal: AbortSignal,
): Promise<ToolAnswer> {
  try {
    if (read === undefined)
      throw new MullamaError("ARGUMENT_INVALID", `There is no tool ${JSON.stringify(call.name)}.`);
    const input = await read.validate(call.arguments);
    if ("problem" in input) throw new MullamaError("OUTPUT_INVALID", `The arguments are not valid: ${input.problem}.`);
    const value = await inTime(read, input.value, call, messages, signal);
    return { call, value, text: textOfValue(value, call.name) };
  } catch (error) {
    if (signal.aborted) throw error;
    return { call, error, text: `Error: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function inTime(
  { tool: given }: ReadTool,
  input: unknown,
  call: ToolCall,
  messages: readonly ChatMessage[],
  signal: AbortSignal,
): Promise<unknown> {
  const { timeout = 60_000 } = given;
  const cancelled = (): MullamaError => new MullamaError("ABORTED", "The answer was cancelled.");
  if (signal.aborted) throw cancelled();
  const late = new AbortController();
  const all = AbortSignal.any([signal, late.signal]);
  let stopWaiting = (): void => undefined;
  const over = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new MullamaError("DEADLINE_EXCEEDED", `The tool ${call.name} did not answer within ${timeout} ms.`));
      late.abort();
    }, timeout);
    const cancel = (): void => reject(cancelled());
    signal.addEventListener("abort", cancel, { once: true });
    stopWaiting = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", cancel);
    };
  });
  try {
    const work = Promise.resolve(given.execute?.(input as never, { signal: all, toolCallId: call.id, messages }));
    return await Promise.race([work, over]);
  } finally {
    stopWaiting();
  }
}

/** @throws {MullamaError} where it is no JSON */
function textOfValue(value: unknown, name: string): string {
  if (typeof value === "string") return value;
  if (value === undefined) return "null";
  try {
    return JSON.stringify(value) ?? "null";
  } catch (error) {
    throw new MullamaError("ARGUMENT_INVALID", `The tool ${name} returned what is no JSON.`, { cause: error });
  }
}
