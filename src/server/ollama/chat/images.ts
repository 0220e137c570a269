import { z } from "zod";

/** Images, of which there must be none. */
export const images = z.array(z.string()).max(0, "Models here read text only.");
