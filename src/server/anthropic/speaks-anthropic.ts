import type { Context } from "hono";

/** Whether a request is of one of Anthropic's clients, which all send this header. */
export function speaksAnthropic(context: Context): boolean {
  return context.req.header("anthropic-version") !== undefined;
}
