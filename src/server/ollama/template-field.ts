import { z } from "zod";

/** Four times the longest that we know. One of Go's is converted on the thread that serves. */
const LONGEST = 2 ** 16;

/** A template of a request. */
export const templateField = z.string().max(LONGEST, `A template has at most ${LONGEST} characters.`);
