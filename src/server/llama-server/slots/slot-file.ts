import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HttpError } from "../../http/http-error.js";

/** The path of a saved slot. @throws {HttpError} `FORBIDDEN` where the server saves none; `ARGUMENT_INVALID` for a name that is none */
export function slotFile(folder: string | undefined, name: string): string {
  if (folder === undefined) {
    throw new HttpError("FORBIDDEN", "This server saves no slots.", {
      status: 501,
      hint: "Start it with slotSavePath.",
    });
  }
  // No folders, no devices of Windows, nothing hidden.
  if (!/^[\w-][\w. -]{0,199}$/.test(name) || /[. ]$/.test(name) || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name)) {
    const allowed = "letters, digits, _, -, spaces and dots, at most 200, none of the last two at an end";
    throw new HttpError("ARGUMENT_INVALID", `filename: It must be a plain name of ${allowed}.`, { param: "filename" });
  }
  return join(folder, name);
}

/** Writes a file as a whole, or not at all. */
export async function writeSlotFile(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true });
  const draft = join(folder, `.${randomUUID()}.part`);
  try {
    await writeFile(draft, bytes, { flag: "wx", mode: 0o600 });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** @throws {HttpError} `NOT_FOUND` */
export async function readSlotFile(path: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new HttpError("NOT_FOUND", `There is no saved slot ${JSON.stringify(name)}.`, { cause, param: "filename" });
  }
}
