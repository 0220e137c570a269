/** Prints how the use of an MCP server fails where `@modelcontextprotocol/client` is not installed. */
import { register } from "node:module";
import { MullamaError } from "../../src/errors.js";
import { mcpTools } from "../../src/integrations/mcp/index.js";

const hooks = `export function resolve(name, context, next) {
  if (!name.startsWith("@modelcontextprotocol/")) return next(name, context);
  throw Object.assign(new Error("Cannot find package " + name), { code: "ERR_MODULE_NOT_FOUND" });
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
const error = await mcpTools({ command: "x" }).catch((thrown: unknown) => thrown);
console.log(MullamaError.isInstance(error) ? `${error.code} ${error.message}` : error);
