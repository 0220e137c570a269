/** The data that Ollama gives to templates, as the Jinja of `prelude.ts` has it. */

export type GoType =
  | { readonly kind: "text" | "integer" | "boolean" | "any" | "nil" }
  /** The length of a text, which Go counts in bytes: it can be compared with 0 only. */
  | { readonly kind: "bytes" }
  | { readonly kind: "list"; readonly of: GoType; readonly json?: true }
  | { readonly kind: "map"; readonly of: GoType; readonly json?: true }
  | { readonly kind: "struct"; readonly fields: Readonly<Record<string, Field>>; readonly json?: true };

export interface Field {
  readonly type: GoType;
  /** The field of a value, in Jinja. */
  readonly of: (value: string) => string;
}

/** A value: how Jinja says it, and what Go takes it for. */
export interface Value {
  readonly jinja: string;
  readonly type: GoType;
}

export const text: GoType = { kind: "text" };
export const integer: GoType = { kind: "integer" };
export const boolean: GoType = { kind: "boolean" };
export const any: GoType = { kind: "any" };
export const nil: Value = { jinja: "none", type: { kind: "nil" } };

function field(name: string, type: GoType, without?: string): Field {
  return {
    type,
    of: (value) => (without === undefined ? `${value}['${name}']` : `(${value}['${name}'] or ${without})`),
  };
}

const property: GoType = {
  kind: "struct",
  fields: {
    // A list of types is written as Go writes lists.
    Type: {
      type: text,
      of: (value) =>
        `('[' ~ ${value}['type']|join(' ') ~ ']' if ${value}['type'] is iterable and ${value}['type'] is not string` +
        ` else (${value}['type'] or ''))`,
    },
    Description: field("description", text, "''"),
    Enum: field("enum", { kind: "list", of: any }, "[]"),
  },
};

const parameters: GoType = {
  kind: "struct",
  json: true,
  fields: {
    Type: field("type", text, "''"),
    Required: field("required", { kind: "list", of: text }, "[]"),
    Properties: field("properties", { kind: "map", of: property, json: true }, "{}"),
  },
};

const tool: GoType = {
  kind: "struct",
  json: true,
  fields: {
    Type: field("type", text),
    Function: field("function", {
      kind: "struct",
      json: true,
      fields: {
        Name: field("name", text),
        Description: field("description", text, "''"),
        Parameters: field("parameters", parameters),
      },
    }),
  },
};

const call: GoType = {
  kind: "struct",
  fields: {
    ID: field("id", text, "''"),
    Function: field("function", {
      kind: "struct",
      fields: {
        Index: field("index", integer, "0"),
        Name: field("name", text),
        Arguments: field("arguments", { kind: "map", of: any, json: true }),
      },
    }),
  },
};

const message: GoType = {
  kind: "struct",
  fields: {
    Role: field("role", text),
    Content: field("content", text),
    Thinking: field("thinking", text),
    ToolCalls: field("tool_calls", { kind: "list", of: call }),
    ToolName: field("tool_name", text),
    ToolCallID: field("tool_call_id", text),
  },
};

/** What a template of messages is given. */
export const chat: Readonly<Record<string, Value>> = {
  System: { jinja: "v.system", type: text },
  Messages: { jinja: "v.messages", type: { kind: "list", of: message } },
  Tools: { jinja: "v.tools", type: { kind: "list", of: tool, json: true } },
  Response: { jinja: "''", type: text },
  Query: { jinja: "''", type: text },
  Document: { jinja: "''", type: text },
  Instruction: { jinja: "''", type: text },
};

/** What a template of single turns is given, for each. */
export const turn: Readonly<Record<string, Value>> = {
  System: { jinja: "turn['system']", type: text },
  Prompt: { jinja: "turn['prompt']", type: text },
  Response: { jinja: "turn['response']", type: text },
};

/** What both are given. */
export const thinking: Readonly<Record<string, Value>> = {
  Think: { jinja: "v.think", type: boolean },
  ThinkLevel: { jinja: "v.level", type: text },
  IsThinkSet: { jinja: "(enable_thinking is defined)", type: boolean },
};

/** What Ollama gives in neither case, but in others, so that it is nothing here. */
export const absent: ReadonlySet<string> = new Set([
  "Prompt",
  "Suffix",
  "Tools",
  "Messages",
  "Query",
  "Document",
  "Instruction",
]);
