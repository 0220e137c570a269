import { z } from "zod";
import { HttpError } from "../http/http-error.js";

/** Which model is meant; older clients call it `name`. */
export const modelFields = { model: z.string().optional(), name: z.string().optional() };

/** The model that a request names. @throws {HttpError} where it names none */
export function modelOf({
  model,
  name,
}: {
  readonly model?: string | undefined;
  readonly name?: string | undefined;
}): string {
  const given = model ?? name ?? "";
  if (given === "") throw new HttpError("ARGUMENT_INVALID", "model: It must name a model.", { param: "model" });
  return given;
}
