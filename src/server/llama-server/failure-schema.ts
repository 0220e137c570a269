import { z } from "zod";

/** The body that tells clients of llama-server of a failure. */
export const failureSchema = z.strictObject({
  error: z.strictObject({
    code: z.int().describe("The HTTP status."),
    message: z.string(),
    type: z.string(),
    param: z.string().optional().describe("The field that is wrong."),
  }),
});
