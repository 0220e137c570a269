import { ModelStore } from "../../../models/index.js";
import { HttpError } from "../../http/http-error.js";
import type { Services } from "../../services.js";

/** The store whose models the server offers. @throws {HttpError} `FORBIDDEN` where it offers none of them */
export function servedStore({ options }: Services): ModelStore {
  if (options.store === false)
    throw new HttpError("FORBIDDEN", "This server does not offer the models of a store.", {
      hint: "Its owner describes the models that it has.",
    });
  return new ModelStore(options.load?.home);
}
