import { z } from "zod";

/** What a stream of a chat or a completion may hold beside the answer. */
export const streamOptions = z
  .strictObject({ include_usage: z.boolean().optional(), include_obfuscation: z.boolean().optional() })
  .optional();
