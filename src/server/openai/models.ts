import { Hono } from "hono";
import type { ServerEnv } from "../server-env.js";
import type { Services } from "../services.js";

/** `/v1/models`: what there is to ask. */
export function modelRoutes({ directory, startedAt }: Services): Hono<ServerEnv> {
  const created = Math.floor(startedAt.getTime() / 1000);
  const describe = (id: string): object => ({ id, object: "model", created, owned_by: "mullama" });
  return new Hono<ServerEnv>()
    .get("/v1/models", async (context) => {
      const models = await directory.list();
      const data = models.flatMap((model) => [model.id, ...model.aliases].map(describe));
      return context.json({ object: "list", data });
    })
    .get("/v1/models/:id{.+}", async (context) => {
      const id = context.req.param("id");
      await directory.find(id);
      return context.json(describe(id));
    });
}
