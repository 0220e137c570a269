import type { ServedModel } from "../directory/served-model.js";
import { HttpError } from "../http/http-error.js";

/**
 * The most tokens of an answer that a request wants; undefined where it says nothing, and the model's defaults hold.
 *
 * @throws {HttpError} `ARGUMENT_INVALID` where it wants more than the model's limit
 */
export function tokensWithin(
  { limits: { maxTokens: most = Infinity } }: Pick<ServedModel, "limits">,
  wanted: number | undefined,
  param: string,
): number | undefined {
  if (wanted === undefined || wanted <= most) return wanted;
  throw new HttpError("ARGUMENT_INVALID", `${param}: ${wanted} tokens are more than this model's limit of ${most}.`, {
    param,
  });
}
