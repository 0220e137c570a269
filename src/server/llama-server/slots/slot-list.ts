import type { Context } from "hono";
import { HttpError } from "../../http/http-error.js";
import type { ServerEnv } from "../../server-env.js";
import type { Services } from "../../services.js";
import { queriedModel } from "../queried-model.js";
import { type Slot, slotsOf } from "./slot-table.js";

/** `GET /slots`: what raw prompts are worked on. */
export async function slotList(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const { model, served } = await queriedModel(context, services);
  const { slots } = slotsOf(model);
  if (context.req.query("fail_on_no_slot") !== undefined && slots.every(({ users }) => users > 0))
    throw new HttpError("BUSY", "No slot is idle.");
  const describe = (slot: Slot): object => ({
    id: slot.id,
    id_task: -1,
    n_ctx: model.info.contextSizePerSequence,
    speculative: served.options.speculation !== undefined,
    is_processing: slot.users > 0,
    n_tokens: slot.tokens.length,
    params: slot.settings ?? {},
    next_token: { has_next_token: slot.users > 0, n_decoded: slot.decoded },
  });
  return context.json(slots.map(describe));
}
