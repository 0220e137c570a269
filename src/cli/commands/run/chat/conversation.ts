import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ChatMessage, requireMessages } from "../../../../chat/message.js";
import { ArgumentError, MullamaError } from "../../../../errors.js";
import { mullamaHome } from "../../../../home.js";
import { closest } from "../../../../models/suggest.js";
import type { TalkSettings } from "./talker.js";

const folder = (): string => join(mullamaHome(), "chats");

/** What was said, and how answers are to be. */
export class Conversation {
  messages: readonly ChatMessage[] = [];
  settings: TalkSettings;
  /** Whether counts and speeds are shown behind each answer. */
  verbose = false;
  /** Whether thoughts are shown. */
  showThoughts = true;

  constructor(settings: TalkSettings) {
    this.settings = settings;
  }

  /** Takes back the last thing that the user said, and what came of it. @returns what it was */
  undo(): ChatMessage | undefined {
    const at = this.messages.findLastIndex(({ role }) => role === "user");
    if (at < 0) return undefined;
    const said = this.messages[at];
    this.messages = this.messages.slice(0, at);
    return said;
  }

  /** Keeps it under a name. @param state what the model remembers of it, to be kept beside it */
  save(name: string, state?: Uint8Array): void {
    mkdirSync(folder(), { recursive: true });
    const { settings, messages } = this;
    write(pathOf(name), `${JSON.stringify({ settings, messages }, undefined, 2)}\n`);
    if (state === undefined) rmSync(pathOf(name, "state"), { force: true });
    else write(pathOf(name, "state"), state);
  }

  /** @returns what the model remembers of it, where that was kept @throws {MullamaError} `NOT_FOUND`, with the nearest name; `STATE_INVALID` */
  load(name: string): Uint8Array | undefined {
    let text: string;
    try {
      text = readFileSync(pathOf(name), "utf8");
    } catch (cause) {
      const names = savedChats();
      const near = closest(name, names);
      throw new MullamaError("NOT_FOUND", `There is no chat ${name}.`, {
        cause,
        hint: near === undefined ? `There are: ${names.join(", ") || "none"}.` : `Did you mean ${near}?`,
      });
    }
    try {
      const { settings, messages } = JSON.parse(text) as { settings: TalkSettings; messages: ChatMessage[] };
      requireMessages(messages);
      this.settings = { ...this.settings, ...settings };
      this.messages = messages;
    } catch (cause) {
      throw new MullamaError("STATE_INVALID", `The file of the chat ${name} is damaged.`, { cause });
    }
    const state = pathOf(name, "state");
    return existsSync(state) ? readFileSync(state) : undefined;
  }
}

/** Names of the chats that were saved. */
export function savedChats(): string[] {
  try {
    return readdirSync(folder()).flatMap((file) => (file.endsWith(".json") ? [file.slice(0, -5)] : []));
  } catch {
    return [];
  }
}

function write(path: string, content: string | Uint8Array): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function pathOf(name: string, kind = "json"): string {
  if (name === "") {
    throw new MullamaError("ARGUMENT_INVALID", "The chat needs a NAME.", { hint: "For example: /save rivers" });
  }
  if (!/^[\w][\w. -]{0,99}$/.test(name)) throw new ArgumentError("NAME", "letters, digits, spaces, _, - and .", name);
  return join(folder(), `${name}.${kind}`);
}
