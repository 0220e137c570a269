import { type ErrorCode, MullamaError } from "../../src/errors.js";

/** For `assert.throws` and `assert.rejects`: an error of ours with this code, whose message fits. */
export function hasCode(code: ErrorCode, message: RegExp = /./): (error: unknown) => boolean {
  return (error) => MullamaError.isInstance(error) && error.code === code && message.test(error.message);
}
