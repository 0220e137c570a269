import type { LoadedModel } from "../../mullama.js";
import type { ServedLoadOptions, ServedModel } from "../directory/served-model.js";
import { HttpError } from "../http/http-error.js";

/** What a request wants of a model beside its answer. */
export interface ModelWish {
  /** Milliseconds that it stays loaded afterwards. */
  readonly keepAlive?: number | undefined;
  /** How it is loaded. */
  readonly load?: ServedLoadOptions | undefined;
}

/**
 * Refuses what would have a model loaded in another way, or held for longer, than its owner has said: others would wait for
 * the one, and have no room because of the other. A smaller context than there is, or a shorter stay, changes nothing.
 *
 * @param longest milliseconds that the model stays, as its owner has it
 * @throws {HttpError} `FORBIDDEN`
 */
export function requireModest(
  { keepAlive = 0, load = {} }: ModelWish,
  { options }: ServedModel,
  { info }: Pick<LoadedModel, "info">,
  longest: number,
): void {
  if (keepAlive > longest) throw forbidden("keep_alive", `keep it for longer than ${longest / 1000} seconds`);
  const { contextSize = 0, ...others } = load;
  if (typeof contextSize === "number" && contextSize > info.contextSize)
    throw forbidden("options", `load it with a context of more than ${info.contextSize} tokens`);
  for (const [name, value] of Object.entries(others)) {
    if (options[name as keyof ServedLoadOptions] !== value) throw forbidden("options", "load it in another way");
  }
}

function forbidden(param: string, what: string): HttpError {
  return new HttpError("FORBIDDEN", `${param}: This API key has no right to ${what}.`, {
    param,
    hint: "It wants the scope models.",
  });
}
