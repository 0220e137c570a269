import { ArgumentError, MullamaError } from "../../errors.js";
import type { ChatStream } from "../chat-stream.js";
import type { ChatMessage } from "../message.js";
import { respond } from "../respond.js";
import type { Responder } from "../responder.js";
import type { ChatResult, RespondOptions } from "../respond-options.js";
import type { JsonSchema } from "../schema/json-schema.js";
import { withSystemText } from "../tools/system-message.js";
import { partialJson } from "./partial-json.js";
import { type ReadSchema, readSchema, type Schema, type SchemaOutput } from "./standard-schema.js";

/** How a value is generated. */
export interface ObjectOptions<Given extends Schema> extends Omit<
  RespondOptions,
  "output" | "tools" | "toolChoice" | "prefill"
> {
  /** What the value must be: a Standard Schema (zod, valibot, arktype and others), or a JSON Schema. */
  readonly schema: Given;
  /** Whether to tell the model the schema, in the system message; it is held to it in any case. Default true. */
  readonly describeSchema?: boolean;
}

/** A value, with the answer that it came from. */
export interface ObjectResult<Output> extends Omit<ChatResult, "message" | "toolCalls"> {
  readonly object: Output;
}

/** A part of a value: what may still be missing is optional. */
export type PartialValue<Value> = Value extends readonly (infer Item)[]
  ? PartialValue<Item>[]
  : Value extends object
    ? { [Key in keyof Value]?: PartialValue<Value[Key]> }
    : Value;

/** A value as it comes: read either its growing parts, or, where it is a list, its elements. */
export interface ObjectStream<Output> extends AsyncIterable<PartialValue<Output>> {
  /** The whole value. */
  readonly result: Promise<ObjectResult<Output>>;
  /** The elements of a list, each once it is whole. What the schema makes of them (defaults, transforms) is in `result`. */
  readonly elements: AsyncIterable<Output extends readonly (infer Item)[] ? Item : never>;
}

/** @throws {MullamaError} `OUTPUT_INVALID` where the answer was cut off, or the schema's own checks refuse it */
export async function generateObject<Given extends Schema>(
  responder: Responder,
  messages: readonly ChatMessage[],
  options: ObjectOptions<Given>,
): Promise<ObjectResult<SchemaOutput<Given>>> {
  const { answer, schema } = await ask(responder, messages, options);
  return checked(await answer.result, schema);
}

export function streamObject<Given extends Schema>(
  responder: Responder,
  messages: readonly ChatMessage[],
  options: ObjectOptions<Given>,
): ObjectStream<SchemaOutput<Given>> {
  type Output = SchemaOutput<Given>;
  let settle: { resolve(result: ObjectResult<Output>): void; reject(error: unknown): void } | undefined;
  const result = new Promise<ObjectResult<Output>>((resolve, reject) => (settle = { resolve, reject }));
  result.catch(() => undefined);
  const values = async function* (): AsyncGenerator<PartialValue<Output>> {
    try {
      const { answer, schema } = await ask(responder, messages, options);
      let text = "";
      let last = "";
      for await (const event of answer) {
        if (event.type === "finish") settle?.resolve(await checked(event, schema));
        if (event.type !== "text") continue;
        text += event.text;
        const value = partialJson(text);
        const shown = JSON.stringify(value);
        if (value === undefined || shown === last) continue;
        last = shown;
        yield value as PartialValue<Output>;
      }
    } catch (error) {
      settle?.reject(error);
      throw error;
    } finally {
      settle?.reject(new MullamaError("ABORTED", "The value was left before its end."));
    }
  };
  const stream = values();
  let read = false;
  const reader = (): AsyncGenerator<PartialValue<Output>> => {
    read = true;
    return stream;
  };
  return {
    [Symbol.asyncIterator]: reader,
    get elements() {
      return wholeElements(reader()) as ObjectStream<Output>["elements"];
    },
    get result(): Promise<ObjectResult<Output>> {
      if (!read) {
        read = true;
        void drain(stream);
      }
      return result;
    },
  };
}

/** Asks the model for a value. */
async function ask<Given extends Schema>(
  responder: Responder,
  messages: readonly ChatMessage[],
  { schema: given, describeSchema = true, ...options }: ObjectOptions<Given>,
): Promise<{ readonly answer: ChatStream; readonly schema: ReadSchema<SchemaOutput<Given>> }> {
  const schema = await readSchema(given);
  const asked = describeSchema ? withSystemText(messages, describe(schema.json)) : messages;
  return { answer: respond(responder, asked, { ...options, output: { schema: schema.json } }), schema };
}

/** The elements of a growing list: each is whole once another has begun, the last one at the end. */
async function* wholeElements(values: AsyncIterable<unknown>): AsyncGenerator {
  let given = 0;
  let list: readonly unknown[] = [];
  for await (const value of values) {
    if (!Array.isArray(value))
      throw new ArgumentError("schema", "one of a list, for its elements to be read", typeof value);
    list = value;
    for (; given < list.length - 1; given++) yield list[given];
  }
  yield* list.slice(given);
}

/** Reads to the end; what goes wrong is told by the result. */
async function drain(stream: AsyncGenerator): Promise<void> {
  try {
    while ((await stream.next()).done !== true);
  } catch {
    // The result has it.
  }
}

async function checked<Output>(
  { message: _message, toolCalls: _calls, ...answer }: ChatResult,
  schema: ReadSchema<Output>,
): Promise<ObjectResult<Output>> {
  const { text, finishReason } = answer;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const cut = finishReason === "length";
    throw new MullamaError(
      "OUTPUT_INVALID",
      cut ? `The JSON was cut off after ${answer.usage.completionTokens} tokens.` : "The answer is not JSON.",
      {
        cause: error,
        hint: cut
          ? "Allow more with maxTokens, or bound the schema with maxLength and maxItems."
          : `It is: ${text.slice(0, 200)}`,
      },
    );
  }
  const valid = await schema.validate(value);
  if ("value" in valid) return { ...answer, object: valid.value };
  throw new MullamaError(
    "OUTPUT_INVALID",
    `The value keeps to the schema's form, but not to its checks: ${valid.problem}.`,
    {
      hint: "Say in the schema's form what can be said there; refinements are functions that no grammar can follow.",
    },
  );
}

function describe(schema: JsonSchema): string {
  return `Answer with JSON that keeps to this JSON Schema, and with nothing else:\n${JSON.stringify(schema)}`;
}
