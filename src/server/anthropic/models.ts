import { Hono } from "hono";
import type { ServerEnv } from "../server-env.js";
import type { Services } from "../services.js";
import { speaksAnthropic } from "./speaks-anthropic.js";

/** `/v1/models` for Anthropic's clients; others are answered by who comes next. */
export function modelRoutes({ directory, startedAt }: Services): Hono<ServerEnv> {
  const created = startedAt.toISOString();
  const describe = (id: string): object => ({ type: "model", id, display_name: id, created_at: created });
  return new Hono<ServerEnv>()
    .get("/v1/models", async (context, next) => {
      if (!speaksAnthropic(context)) return next();
      const models = await directory.list();
      const ids = models.flatMap((model) => [model.id, ...model.aliases]);
      const [first, last] = [ids[0] ?? null, ids.at(-1) ?? null];
      return context.json({ data: ids.map(describe), has_more: false, first_id: first, last_id: last });
    })
    .get("/v1/models/:id{.+}", async (context, next) => {
      if (!speaksAnthropic(context)) return next();
      const id = context.req.param("id");
      await directory.find(id);
      return context.json(describe(id));
    });
}
