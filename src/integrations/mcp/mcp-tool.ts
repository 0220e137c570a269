import type { ToolAnnotations } from "@modelcontextprotocol/client";
import type { JsonSchemaObject } from "../../chat/schema/json-schema.js";

/** What is known of a tool. */
export interface McpTool {
  /** What the model calls it. */
  readonly name: string;
  /** What its server calls it. */
  readonly remoteName: string;
  /** The name of its server; empty where it has none. */
  readonly server: string;
  readonly title: string | undefined;
  readonly description: string | undefined;
  /** What the server says of it, such as `readOnlyHint` and `destructiveHint`. It is the server's word only. */
  readonly annotations: ToolAnnotations;
  /** The schema of its arguments, as the server has it. */
  readonly inputSchema: JsonSchemaObject;
  /** Keywords of the schema that the model is not held to, since no grammar can say them; mostly none. */
  readonly loosened: readonly string[];
}
