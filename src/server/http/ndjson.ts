import { byteStream } from "./byte-stream.js";

/** Answers with JSON values as they come, one a line. What fails before the first one is thrown. */
export async function ndjsonResponse(values: AsyncIterable<unknown>, departure: AbortController): Promise<Response> {
  return new Response(await byteStream(lines(values), { departure }), {
    headers: { "Content-Type": "application/x-ndjson", "Cache-Control": "no-cache", "X-Accel-Buffering": "no" },
  });
}

async function* lines(values: AsyncIterable<unknown>): AsyncGenerator<string, void> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}
