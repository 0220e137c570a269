import type { Context } from "hono";
import { z } from "zod";
import type { LoadedModel } from "../../../mullama.js";
import { HttpError } from "../../http/http-error.js";
import { readBody } from "../../http/read-body.js";
import type { ServerEnv } from "../../server-env.js";
import type { Services } from "../../services.js";
import { takeModel } from "../../take-model.js";
import { readSlotFile, slotFile, writeSlotFile } from "./slot-file.js";
import { type Slot, slotsOf } from "./slot-table.js";
import { modelField } from "../../model-name.js";

export const slotRequestSchema = z.strictObject({
  model: modelField,
  filename: z.string().default("").describe("A name without a folder; not for `erase`."),
});

interface SlotCall {
  readonly model: LoadedModel;
  readonly slot: Slot;
  readonly filename: string;
  /** Where saved slots are. */
  readonly folder: string | undefined;
}

/** `POST /slots/{id}?action=`: saves what was computed of a slot's tokens, restores it, or forgets it. */
export async function slotAction(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const action = context.req.query("action") ?? "";
  const act = actions[action];
  if (act === undefined)
    throw new HttpError("ARGUMENT_INVALID", "action: It must be save, restore or erase.", { param: "action" });
  const { filename, model: named } = await readBody(context, slotRequestSchema, services.limits);
  const folder = services.options.slotSavePath;
  if (action !== "erase") slotFile(folder, filename);
  const { model } = await takeModel(context, services, named ?? context.req.query("model"));
  const id = Number(context.req.param("id"));
  const slot = slotsOf(model).get(Number.isInteger(id) ? id : -1);
  if (slot.users > 0) throw new HttpError("BUSY", `Slot ${slot.id} is in use.`);
  // Nobody else takes it meanwhile.
  slot.users++;
  try {
    return context.json(await act({ model, slot, filename, folder }));
  } finally {
    slot.users--;
  }
}

const actions: Readonly<Record<string, (call: SlotCall) => Promise<object>>> = { save, restore, erase };

async function save({ model, slot, filename, folder = "" }: SlotCall): Promise<object> {
  if (slot.tokens.length === 0)
    throw new HttpError("ARGUMENT_INVALID", `Slot ${slot.id} is empty.`, { param: "id_slot" });
  const begun = performance.now();
  const state = await model.saveState(slot.tokens);
  await writeSlotFile(folder, slotFile(folder, filename), state);
  return {
    id_slot: slot.id,
    filename,
    n_saved: slot.tokens.length,
    n_written: state.byteLength,
    timings: { save_ms: performance.now() - begun },
  };
}

async function restore({ model, slot, filename, folder = "" }: SlotCall): Promise<object> {
  const begun = performance.now();
  const state = await readSlotFile(slotFile(folder, filename), filename);
  const { tokens } = await model.loadState(state);
  slot.tokens = tokens;
  return {
    id_slot: slot.id,
    filename,
    n_restored: tokens.length,
    n_read: state.byteLength,
    timings: { restore_ms: performance.now() - begun },
  };
}

/** What the engine has computed is not the slot's alone: it goes when room is needed. */
async function erase({ slot }: SlotCall): Promise<object> {
  const erased = slot.tokens.length;
  slot.tokens = new Int32Array();
  return { id_slot: slot.id, n_erased: erased };
}
