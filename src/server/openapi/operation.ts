import type { z } from "zod";

/** What a body must be, and what the document calls it. */
export interface NamedSchema {
  readonly name: string;
  readonly schema: z.ZodType;
}

/** What a route answers with: JSON, or, where it is asked for, events or lines of JSON. */
export interface Answer {
  readonly says: string;
  readonly json?: NamedSchema;
  /** The data of each server-sent event. OpenAI's last one, `[DONE]`, is not JSON. */
  readonly events?: NamedSchema;
  /** Each line of a stream of JSON. */
  readonly lines?: NamedSchema;
  /** The type of what is no JSON. */
  readonly type?: string;
}

/** A route as the document describes it. */
export interface Operation {
  readonly method: "get" | "post" | "delete" | "head";
  /** Its parameters are in braces. */
  readonly path: string;
  readonly summary: string;
  /** What else there is to know of it. */
  readonly details?: string;
  readonly query?: z.ZodObject;
  /** Undefined: it reads none. `binary`: bytes. */
  readonly body?: (NamedSchema & { readonly example: unknown }) | "binary";
  /** By their status; failures are the same for a whole API. */
  readonly answers: Readonly<Record<number, Answer>>;
}

/** One of the APIs that the server speaks, as the document describes it. */
export interface ApiDescription {
  readonly name: string;
  readonly says: string;
  readonly operations: readonly Operation[];
  /** The body of every answer that tells of a failure. */
  readonly failure: NamedSchema;
}
