import { settledWithin } from "./settled-within.js";

/** How a body is written as it comes. */
export interface ByteStreamOptions {
  /** Is aborted when its reader leaves. */
  readonly departure: AbortController;
  /** What is written at last where the source fails when the answer has begun. */
  readonly failure: (error: unknown) => string;
  /** Written when nothing else was for `ms` milliseconds, so that nobody on the way takes the connection for dead. */
  readonly heartbeat?: { readonly ms: number; readonly text: string } | undefined;
}

/**
 * Makes a body of texts that come one after another. Its reader sets the pace; when it leaves, the source is returned from.
 *
 * Waits for the first text before it returns, so that what fails until then is an answer of its own, but not longer than
 * until the first heartbeat is due.
 */
export async function byteStream(
  source: AsyncIterator<string, unknown>,
  { departure, failure, heartbeat }: ByteStreamOptions,
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  let next = source.next();
  // Where nobody waits for it any more, nobody needs to hear that it failed.
  next.catch(() => undefined);
  await settledWithin(next, heartbeat?.ms);
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const write = (text: string): void => controller.enqueue(encoder.encode(text));
        try {
          const result = await settledWithin(next, heartbeat?.ms);
          if (result === undefined) return write(heartbeat?.text ?? "");
          if (result.done === true) return controller.close();
          write(result.value);
          next = source.next();
          next.catch(() => undefined);
        } catch (error) {
          write(failure(error));
          controller.close();
        }
      },
      cancel: async (reason) => {
        departure.abort(reason);
        await source.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
