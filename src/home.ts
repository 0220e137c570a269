import { homedir } from "node:os";
import { join } from "node:path";

/** The folder in which mullama keeps models and libraries: `MULLAMA_HOME`, or the platform's place for such data. */
export function mullamaHome(): string {
  const given = process.env["MULLAMA_HOME"];
  if (given !== undefined && given !== "") return given;
  if (process.platform === "win32")
    return join(process.env["LOCALAPPDATA"] || join(homedir(), "AppData", "Local"), "mullama");
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support", "mullama");
  return join(process.env["XDG_DATA_HOME"] || join(homedir(), ".local", "share"), "mullama");
}
