import type { ApiKey } from "./auth/api-key.js";

/** What handlers and middleware tell each other of a request. */
export interface ServerEnv {
  Variables: {
    /** Tells requests apart, in the log and in `X-Request-Id`. */
    requestId: string;
    /** The key that it showed, where the server has keys. */
    key: ApiKey | undefined;
    /** The model that it asks for, for the log. */
    model: string | undefined;
    /** Hears of what a handler throws. */
    failed: ((error: unknown) => void) | undefined;
    /** Called once its answer has been sent, or its client has gone. */
    ended: (() => void)[];
  };
}
