import { z } from "zod";

/**
 * Fields that are accepted and change nothing: notes for OpenAI's own books, and wishes about its own machines. With what
 * would change something where they are honoured, the value is checked.
 */
export const acceptedFields = {
  user: z.string().optional().describe("Taken, and not used: who asks."),
  safety_identifier: z.string().optional().describe("Taken, and not used: who asks."),
  metadata: z.record(z.string(), z.unknown()).optional().describe("Taken, and not used."),
  store: z.literal(false, "This server stores nothing: it must be false.").optional().describe("Nothing is stored."),
  service_tier: z.string().optional().describe("Taken, and not used."),
  prompt_cache_key: z.string().optional().describe("Taken, and not used: prefixes are always cached."),
  prompt_cache_retention: z.string().optional().describe("Taken, and not used: prefixes are always cached."),
};
