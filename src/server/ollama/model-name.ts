import { z } from "zod";
import { HttpError } from "../http/http-error.js";

/** Which model is meant; older clients call it `name`. */
export const modelFields = {
  model: z.string().optional().describe("Name of the model."),
  name: z.string().optional().describe("Older name of `model`."),
};

/** A field that clients write empty, and that means nothing else here. */
export function emptyText(why: string): z.ZodOptional<z.ZodLiteral<"">> {
  return z.literal("", why).optional();
}

/** The model that a request names. @throws {HttpError} where it names none */
export function modelOf({
  model,
  name,
}: {
  readonly model?: string | undefined;
  readonly name?: string | undefined;
}): string {
  // Clients write both, and leave one empty.
  const given = model || name || "";
  if (given === "") throw new HttpError("ARGUMENT_INVALID", "model: It must name a model.", { param: "model" });
  return given;
}
