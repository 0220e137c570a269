import { makeOutputGrammar } from "../../../chat/aside/make-grammar.js";
import type { RespondOptions } from "../../../chat/respond-options.js";
import type { JsonSchema } from "../../../chat/schema/json-schema.js";
import { definedOf } from "../../../engine/defined-of.js";
import type { GenerateOptions } from "../../../mullama.js";
import { HttpError } from "../../http/http-error.js";
import { tokensWithin } from "../../limits/tokens-within.js";
import type { AnswerFields } from "./answer-fields.js";
import type { AskedModel } from "./asked-model.js";
import { readOptions } from "./read-options.js";

type Common = Omit<GenerateOptions, "grammar" | "echo" | "renderSpecial">;

/** How a conversation is answered, as a request wants it. */
export function chatOptions(fields: AnswerFields, asked: AskedModel): RespondOptions {
  const schema = schemaOf(fields);
  return {
    ...commonOptions(fields, asked),
    ...definedOf({ output: schema === undefined ? undefined : { schema } }),
    ...readThink(fields, asked),
  };
}

/** How a prompt is gone on with, as a request wants it. */
export async function textOptions(fields: AnswerFields, asked: AskedModel): Promise<GenerateOptions> {
  const schema = schemaOf(fields);
  const { signal } = asked.options;
  if (fields.think !== undefined && fields.think !== false) {
    const problem =
      "think: A prompt that is sent as it is, or continues a context, is answered without thoughts apart.";
    throw new HttpError("ARGUMENT_INVALID", problem, { param: "think" });
  }
  return {
    ...commonOptions(fields, asked),
    ...definedOf({ grammar: schema === undefined ? undefined : await makeOutputGrammar({ schema }, signal) }),
  };
}

function commonOptions(fields: AnswerFields, { served, options }: AskedModel): Common {
  const { request } = readOptions(fields.options);
  tokensWithin(served, request.maxTokens, "options.num_predict");
  const { logprobs = false, top_logprobs: top, shift } = fields;
  if (top !== undefined && top > 0 && !logprobs)
    throw new HttpError("ARGUMENT_INVALID", "top_logprobs: It needs logprobs: true.", { param: "top_logprobs" });
  return {
    ...served.defaults,
    ...request,
    ...definedOf({
      logprobs: logprobs ? (top ?? 0) : undefined,
      overflow: shift === undefined ? undefined : shift ? ("shift" as const) : ("stop" as const),
    }),
    ...options,
  };
}

function schemaOf({ format }: AnswerFields): JsonSchema | undefined {
  if (format === undefined || format === "") return undefined;
  return format === "json" ? { type: "object" } : format;
}

function readThink({ think }: AnswerFields, { model, name }: AskedModel): RespondOptions {
  if (think === undefined) return {};
  const { reasons } = model.chatFormat.traits;
  if (!reasons && think !== false)
    throw new HttpError("UNSUPPORTED", `${JSON.stringify(name)} does not support thinking.`, { param: "think" });
  if (!reasons) return {};
  return {
    reasoning: think !== false,
    ...(typeof think === "string" ? { variables: { reasoning_effort: think } } : {}),
  };
}
