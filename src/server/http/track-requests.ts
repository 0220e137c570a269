import { randomUUID } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import type { ServerEnv } from "../server-env.js";
import type { Activity } from "./activity.js";

/** What the log is told of a request: never what was said in it. */
export interface AccessRecord {
  readonly requestId: string;
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly status: number;
  /** Until the answer was begun, and until it was sent. */
  readonly ms: { readonly begun: number; readonly ended: number };
  readonly model: string | undefined;
  /** The name of the key. */
  readonly key: string | undefined;
}

/** Gives each request an id, and tells `log` of it when its answer has been sent. */
export function trackRequests(
  log: ((record: AccessRecord) => void) | undefined,
  activity: Activity,
): MiddlewareHandler<ServerEnv> {
  return async function trackRequest(context, next) {
    const start = performance.now();
    const requestId = idOf(context.req.header("x-request-id"));
    const ended: (() => void)[] = [];
    context.set("requestId", requestId);
    context.set("ended", ended);
    activity.begin();
    await next();
    // The second is where clients of Anthropic's look.
    for (const name of ["X-Request-Id", "Request-Id"]) context.res.headers.set(name, requestId);
    const begun = performance.now() - start;
    const { method, path } = context.req;
    const { status } = context.res;
    const end = (): void => {
      activity.end();
      for (const one of ended) one();
      const [model, key] = [context.get("model"), context.get("key")?.name];
      log?.({ requestId, method, path, status, ms: { begun, ended: performance.now() - start }, model, key });
    };
    const { body } = context.res;
    if (body === null || !isStreamed(context.res)) return end();
    const { headers } = context.res;
    context.res = new Response(whenRead(body, end), { status, headers });
  };
}

/** Ids of clients are kept where they can do no harm in a log or a header. */
function idOf(given: string | undefined): string {
  return given !== undefined && /^[\w.:-]{1,128}$/.test(given) ? given : `req-${randomUUID()}`;
}

function isStreamed(response: Response): boolean {
  return /^(text\/event-stream|application\/x-ndjson)/.test(response.headers.get("content-type") ?? "");
}

/** The same body; `ended` is called once, when it was read to its end, or was left. */
function whenRead(body: ReadableStream<Uint8Array>, ended: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let isOver = false;
  // Who leaves while a piece is awaited also sees that end.
  const end = (): void => {
    if (!isOver) ended();
    isOver = true;
  };
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          controller.close();
        } catch (error) {
          controller.error(error);
        }
        end();
      },
      cancel: async (reason) => {
        end();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
