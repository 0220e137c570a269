import { HttpError } from "./http-error.js";
import { settledWithin } from "./settled-within.js";

/** How fast a body has to arrive. */
export interface Pace {
  /** Milliseconds. */
  readonly within: number;
  /** What has to arrive in that time: the `whole` body, or of a large file the next `piece`. */
  readonly what: "whole" | "piece";
}

/**
 * The bytes of a request's body as they come. Who sends them a drop at a time does not hold the server.
 *
 * @throws {HttpError} `DEADLINE_EXCEEDED`, 408, after which the connection is closed; `ABORTED` where the client leaves
 */
export async function* arriving(body: ReadableStream<Uint8Array>, { within, what }: Pace): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  let until = performance.now() + within;
  for (;;) {
    const next = await settledWithin(reader.read(), until - performance.now()).catch((cause: unknown) => {
      throw new HttpError("ABORTED", "The client has gone in the middle of its request.", { cause });
    });
    if (next === undefined) {
      const message = `The request's body did not arrive within ${within / 1000} seconds.`;
      throw new HttpError("DEADLINE_EXCEEDED", message, { status: 408, headers: { connection: "close" } });
    }
    if (next.done) return;
    let isWanted = false;
    try {
      yield next.value;
      isWanted = true;
    } finally {
      // Whoever has read enough does not have the rest sent.
      if (!isWanted) void reader.cancel().catch(() => undefined);
    }
    if (what === "piece") until = performance.now() + within;
  }
}
