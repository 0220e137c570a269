import { z } from "zod";

/**
 * Fields that are accepted and change nothing: notes for OpenAI's own books, and wishes about its own machines. With what
 * would change something where they are honoured, the value is checked.
 */
export const acceptedFields = {
  /** Who asks, for OpenAI's abuse watch. */
  user: z.string().optional(),
  safety_identifier: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  /** Nothing is stored. */
  store: z.literal(false, "This server stores nothing: it must be false.").optional(),
  service_tier: z.string().optional(),
  /** Prefixes are always cached. */
  prompt_cache_key: z.string().optional(),
  prompt_cache_retention: z.string().optional(),
};
