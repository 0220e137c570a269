import { textOf } from "../../../../chat/message.js";
import { MullamaError } from "../../../../errors.js";
import { parameterNames } from "../../../../models/modelfile/parameters.js";
import { closest } from "../../../../models/suggest.js";
import { entryLines, wrapText } from "../../../terminal/entries.js";
import type { Conversation } from "./conversation.js";
import { changeSettings, settingNames } from "./change-settings.js";
import { savedChats } from "./conversation.js";

/** What a command needs of the chat. */
export interface ChatControl {
  readonly model: string;
  readonly conversation: Conversation;
  readonly tools: readonly string[];
  /** Whether the model is in this process. */
  readonly isLocal: boolean;
  /** Columns that lines may have. */
  readonly width: number;
  /** Rows of the terminal. */
  readonly height: number;
  /** Puts a text on the next line, to be changed. */
  readonly begin: (text: string) => void;
  /** What the model remembers of the conversation; undefined where it is not of this process. */
  readonly remembered: () => Promise<Uint8Array | undefined>;
  /** Has the model remember that again, where it can. */
  readonly remember: (state: Uint8Array | undefined) => Promise<void>;
  /** Shows lines. */
  readonly say: (...lines: readonly string[]) => void;
  /** What the model is, in lines. */
  readonly describe: (part: string) => Promise<readonly string[]>;
  readonly keepHistory: (on: boolean) => void;
}

/** What the chat does next. */
export type Next = "go-on" | "answer-again" | "leave";

interface SlashCommand {
  readonly usage: string;
  readonly help: string;
  run(control: ChatControl, rest: string): Next | Promise<Next>;
}

const commands: Readonly<Record<string, SlashCommand>> = {
  help: {
    usage: "/help",
    help: "this list",
    run: ({ say, width }) => {
      const entries = Object.values(commands).map(({ usage, help }) => [usage, help] as const);
      say(...entryLines(entries, width));
      say("", 'Several lines: begin and end with """, or end a line with \\. Ctrl-C stops an answer.');
      return "go-on";
    },
  },
  set: {
    usage: "/set NAME VALUE",
    help: `${settingNames.join(", ")}; alone, how they are set`,
    run: (control, rest) => {
      control.say(...changeSettings(control, rest));
      return "go-on";
    },
  },
  show: {
    usage: "/show [PART]",
    help: "the model; its system, template, license; messages",
    run: async (control, rest): Promise<Next> => {
      control.say(...(rest === "messages" ? messagesOf(control) : await control.describe(rest)));
      return "go-on";
    },
  },
  save: {
    usage: "/save NAME",
    help: "keep this conversation",
    run: async ({ conversation, remembered, say }, name): Promise<Next> => {
      conversation.save(name, await remembered());
      say(`Saved. /load ${name} brings it back.`);
      return "go-on";
    },
  },
  load: {
    usage: "/load NAME",
    help: "go on with one that was kept",
    run: async ({ conversation, remember, say }, name): Promise<Next> => {
      const names = savedChats().join(", ");
      if (name === "") say(names === "" ? "There are none yet. /save NAME keeps this one." : `There are: ${names}.`);
      else {
        await remember(conversation.load(name));
        say(`${conversation.messages.length} messages.`);
      }
      return "go-on";
    },
  },
  clear: {
    usage: "/clear",
    help: "forget what was said",
    run: ({ conversation, say }) => {
      conversation.messages = [];
      say("Forgotten.");
      return "go-on";
    },
  },
  regenerate: {
    usage: "/regenerate",
    help: "answer again",
    run: ({ conversation, say }) => {
      if (conversation.messages.some(({ role }) => role === "user")) return "answer-again";
      say("Nothing was said yet.");
      return "go-on";
    },
  },
  undo: {
    usage: "/undo",
    help: "take back what you said last, and its answer",
    run: ({ conversation, say }) => {
      const said = conversation.undo();
      say(said === undefined ? "Nothing was said yet." : `Taken back: ${textOf(said).slice(0, 60)}`);
      return "go-on";
    },
  },
  edit: {
    usage: "/edit",
    help: "take back what you said last, and change it",
    run: ({ conversation, say, begin, width, height }) => {
      const said = conversation.messages.findLast(({ role }) => role === "user");
      if (said === undefined) say("Nothing was said yet.");
      else if (wrapText(textOf(said), width - 4).length >= height)
        say("It is longer than the screen, where it cannot be changed. /undo takes it back.");
      else {
        conversation.undo();
        begin(textOf(said));
      }
      return "go-on";
    },
  },
  tools: {
    usage: "/tools",
    help: "the tools that the model may call",
    run: ({ tools, say }) => {
      say(...(tools.length === 0 ? ["There are none. mullama run --mcp FILE gives it those of MCP servers."] : tools));
      return "go-on";
    },
  },
  bye: { usage: "/bye", help: "leave; so do Ctrl-D, and Ctrl-C twice", run: () => "leave" },
};

const aliases: Readonly<Record<string, string>> = { "?": "help", exit: "bye", quit: "bye", retry: "regenerate" };

/** Does what a line that begins with `/` says. @throws {MullamaError} what is wrong with it */
export async function runSlashCommand(control: ChatControl, line: string): Promise<Next> {
  const [, name = "", rest = ""] = /^\/(\S*)\s*([^]*)$/.exec(line.trim()) ?? [];
  const command = commands[aliases[name] ?? name];
  if (command !== undefined) return command.run(control, rest.trim());
  const near = closest(name, Object.keys(commands));
  throw new MullamaError("ARGUMENT_INVALID", `There is no /${name}.`, {
    hint: near === undefined ? "/help lists what there is." : `Did you mean /${near}?`,
  });
}

/** What a line that is being typed may become. */
export function completeSlash(line: string): readonly string[] {
  if (!line.startsWith("/")) return [];
  const words = [
    ...Object.keys(commands).map((name) => `/${name}`),
    ...parameterNames.map((name) => `/set parameter ${name} `),
    ...settingNames.map((name) => `/set ${name} `),
    ...savedChats().map((name) => `/load ${name}`),
  ];
  return words.filter((word) => word.startsWith(line) && !word.slice(line.length).trim().includes(" "));
}

function messagesOf({ conversation }: ChatControl): string[] {
  const lines = conversation.messages.map((message) => `${message.role}: ${textOf(message)}`);
  return lines.length === 0 ? ["Nothing was said yet."] : lines;
}
