import { byteStream } from "./byte-stream.js";

/** A server-sent event. */
export interface SseEvent {
  readonly event?: string;
  /** One or more lines. */
  readonly data: string;
}

export interface SseOptions {
  /** Is aborted when the client leaves. */
  readonly departure: AbortController;
  /** The last event where something fails when the answer has begun, if only with a sign of life. */
  readonly failure: (error: unknown) => SseEvent;
  /** After so many milliseconds without an event a comment is sent. Undefined: never. */
  readonly heartbeatMs: number | undefined;
  /** What is sent in the place of that comment. */
  readonly heartbeat?: SseEvent;
}

/** Answers with server-sent events as they come. What fails before anything was sent is thrown. */
export async function sseResponse(events: AsyncIterable<SseEvent>, options: SseOptions): Promise<Response> {
  const { departure, failure, heartbeatMs, heartbeat: sign } = options;
  const text = sign === undefined ? ": still working\n\n" : writeSse(sign);
  const heartbeat = heartbeatMs === undefined ? undefined : { ms: heartbeatMs, text };
  const body = await byteStream(texts(events), {
    departure,
    heartbeat,
    failure: (error) => writeSse(failure(error)),
  });
  return new Response(body, {
    headers: {
      "Content-Type": "text/event-stream; charset=utf-8",
      "Cache-Control": "no-cache",
      "X-Accel-Buffering": "no",
    },
  });
}

async function* texts(events: AsyncIterable<SseEvent>): AsyncGenerator<string, void> {
  for await (const event of events) yield writeSse(event);
}

/** An event as it is sent. */
function writeSse({ event, data }: SseEvent): string {
  const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return `${event === undefined ? "" : `event: ${event}\n`}${lines.join("")}\n`;
}
