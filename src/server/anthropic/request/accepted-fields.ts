import { z } from "zod";

/**
 * Fields that are accepted and change nothing: notes for Anthropic's own books, and wishes about its own machines. With what
 * would change something where they are honoured, the value is checked.
 */
export const acceptedFields = {
  metadata: z.record(z.string(), z.unknown()).optional().describe("Taken, and not used."),
  service_tier: z.string().optional().describe("Taken, and not used."),
  speed: z.literal("standard", "There is one speed here: it must be standard.").optional().describe("There is one."),
  inference_geo: z.string().optional().describe("Taken, and not used."),
  user_profile_id: z.string().optional().describe("Taken, and not used."),
  workspace_id: z.string().optional().describe("Taken, and not used."),
  cache_control: z.unknown().optional().describe("Taken, and not used: prefixes are always cached."),
  context_management: z
    .strictObject({
      edits: z
        .array(
          z.looseObject({
            type: z.literal("clear_thinking_20251015", "This server leaves nothing out of a conversation."),
          }),
        )
        .optional(),
    })
    .optional()
    .describe("Which thoughts of earlier turns a model sees, its template decides."),
};
