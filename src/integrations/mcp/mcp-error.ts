import { MullamaError } from "../../errors.js";
import type { Sdk } from "./sdk.js";

/** What was being done when it failed. */
export interface Attempt {
  /** Such as `The tool "search" of the MCP server "github"`. */
  readonly what: string;
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** What the server wrote about itself at last. */
  readonly stderr?: string | undefined;
}

/** What a failure of the client is: cancelled, late, refused by the server, or a connection that is no more. */
export function toMcpError(error: unknown, sdk: Sdk, { what, timeout, signal, stderr = "" }: Attempt): MullamaError {
  if (MullamaError.isInstance(error)) return error;
  const { ProtocolError, SdkError, SdkErrorCode } = sdk.client;
  if (signal?.aborted === true) return new MullamaError("ABORTED", `${what} was cancelled.`, { cause: error });
  if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout)
    return new MullamaError("DEADLINE_EXCEEDED", `${what} did not answer within ${timeout} ms.`, { cause: error });
  const words = error instanceof Error ? error.message : String(error);
  if (error instanceof ProtocolError || isAnswer(error, sdk))
    return new MullamaError("TOOL_FAILED", `${what} failed: ${words}`, { cause: error });
  const written = stderr.trim() === "" ? "" : ` It wrote: ${stderr.trim()}`;
  return new MullamaError("MCP_CONNECTION_FAILED", `${what} cannot be reached: ${words}.${written}`, {
    cause: error,
    hint: isMissing(error) ? "Is the command installed, and on the PATH?" : "refresh() connects again.",
  });
}

/** Whether the server has answered, with what the client does not understand or may not do. */
function isAnswer(error: unknown, { client: { SdkError, SdkErrorCode: code } }: Sdk): boolean {
  if (!(error instanceof SdkError)) return false;
  return [
    code.InvalidResult,
    code.UnsupportedResultType,
    code.InputRequiredRoundsExceeded,
    code.CapabilityNotSupported,
    code.ListPaginationExceeded,
  ].includes(error.code);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
