import { byteStream } from "./byte-stream.js";

export interface NdjsonOptions {
  /** Is aborted when the client leaves. */
  readonly departure: AbortController;
  /** The last value where something fails behind the first one. */
  readonly failure: (error: unknown) => unknown;
}

/** Answers with JSON values as they come, one a line. What fails before the first one is thrown. */
export async function ndjsonResponse(values: AsyncIterable<unknown>, options: NdjsonOptions): Promise<Response> {
  const { departure, failure } = options;
  const body = await byteStream(lines(values), { departure, failure: (error) => line(failure(error)) });
  return new Response(body, {
    headers: { "Content-Type": "application/x-ndjson", "Cache-Control": "no-cache", "X-Accel-Buffering": "no" },
  });
}

async function* lines(values: AsyncIterable<unknown>): AsyncGenerator<string, void> {
  for await (const value of values) yield line(value);
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
