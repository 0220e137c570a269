import type { Handler } from "hono";
import { HttpError } from "../../http/http-error.js";
import type { ServerEnv } from "../../server-env.js";

/** `POST /api/push`: models are not published from here. */
export const pushModel: Handler<ServerEnv> = () => {
  throw new HttpError("UNSUPPORTED", "This server publishes no models.", {
    status: 501,
    hint: "Upload the model's GGUF file to where it shall be had from.",
  });
};
