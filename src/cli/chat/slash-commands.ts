import { textOf } from "../../chat/message.js";
import { ArgumentError, MullamaError } from "../../errors.js";
import { parameterNames } from "../../models/modelfile/parameters.js";
import { readParameter } from "../../models/modelfile/read-parameter.js";
import { closest } from "../../models/suggest.js";
import type { Conversation } from "./conversation.js";
import { savedChats } from "./conversation.js";

/** What a command needs of the chat. */
export interface ChatControl {
  readonly model: string;
  readonly conversation: Conversation;
  readonly tools: readonly string[];
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
    run: ({ say }) => {
      const width = Math.max(...Object.values(commands).map(({ usage }) => usage.length));
      say(...Object.values(commands).map(({ usage, help }) => `${usage.padEnd(width)}  ${help}`));
      say("", 'Several lines: begin and end with """, or end a line with \\. Ctrl-C stops an answer.');
      return "go-on";
    },
  },
  set: {
    usage: "/set NAME VALUE",
    help: "parameter, system, think, format, verbose, history",
    run: (control, rest) => set(control, rest),
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
    run: ({ conversation, say }, name) => {
      conversation.save(name);
      say(`Saved. /load ${name} brings it back.`);
      return "go-on";
    },
  },
  load: {
    usage: "/load NAME",
    help: "go on with one that was kept",
    run: ({ conversation, say }, name) => {
      if (name === "") say(`There are: ${savedChats().join(", ") || "none"}.`);
      else {
        conversation.load(name);
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
    ...["system ", "think ", "format ", "verbose ", "history "].map((name) => `/set ${name}`),
    ...savedChats().map((name) => `/load ${name}`),
  ];
  return words.filter((word) => word.startsWith(line) && !word.slice(line.length).trim().includes(" "));
}

const switches: Readonly<Record<string, boolean>> = { on: true, off: false };

function set({ conversation, say, keepHistory }: ChatControl, rest: string): Next {
  const [, name = "", value = ""] = /^(\S*)\s*([^]*)$/.exec(rest) ?? [];
  const { settings } = conversation;
  const onOff = (): boolean => {
    const on = switches[value];
    if (on === undefined) throw new ArgumentError(name, "on or off", value);
    return on;
  };
  switch (name) {
    case "":
      say(...describeSettings(conversation));
      return "go-on";
    case "parameter":
      conversation.settings = { ...settings, parameters: { ...settings.parameters, ...parameter(value) } };
      break;
    case "system":
      conversation.settings = { ...settings, system: value === "" ? undefined : value.replace(/^"""|"""$/g, "") };
      break;
    case "think":
      conversation.showThoughts = value !== "hide";
      if (value !== "hide") conversation.settings = { ...settings, think: onOff() };
      break;
    case "format":
      conversation.settings = { ...settings, format: formatOf(value) };
      break;
    case "verbose":
      conversation.verbose = onOff();
      break;
    case "history":
      keepHistory(onOff());
      break;
    default: {
      const near = closest(name, ["parameter", "system", "think", "format", "verbose", "history"]);
      throw new ArgumentError("/set", "parameter, system, think, format, verbose or history", name, {
        hint: near === undefined ? undefined : `Did you mean ${near}?`,
      });
    }
  }
  say("Set.");
  return "go-on";
}

function parameter(text: string): Record<string, unknown> {
  const [, name = "", value = ""] = /^(\S*)\s*([^]*)$/.exec(text) ?? [];
  const known = parameterNames.find((one) => one === name);
  if (known === undefined) {
    const near = closest(name, parameterNames);
    throw new ArgumentError("parameter", `one of ${parameterNames.join(", ")}`, name, {
      hint: near === undefined ? undefined : `Did you mean ${near}?`,
    });
  }
  const read = readParameter(known, value);
  if (typeof read === "object") throw new MullamaError("ARGUMENT_INVALID", `${known}: ${read.problem}.`);
  return { [known]: read };
}

function formatOf(value: string): unknown {
  if (value === "off" || value === "") return undefined;
  if (value === "json") return "json";
  try {
    return JSON.parse(value) as unknown;
  } catch (cause) {
    throw new ArgumentError("format", "json, off, or a JSON Schema", value, { cause });
  }
}

function describeSettings({ settings, verbose }: Conversation): string[] {
  const { system, parameters, think, format } = settings;
  return [
    `system     ${system ?? "as the model has it"}`,
    `think      ${think === undefined ? "as the model likes" : think ? "on" : "off"}`,
    `format     ${format === undefined ? "free text" : JSON.stringify(format)}`,
    `verbose    ${verbose ? "on" : "off"}`,
    ...Object.entries(parameters).map(([name, value]) => `parameter  ${name} ${JSON.stringify(value)}`),
  ];
}

function messagesOf({ conversation }: ChatControl): string[] {
  const lines = conversation.messages.map((message) => `${message.role}: ${textOf(message)}`);
  return lines.length === 0 ? ["Nothing was said yet."] : lines;
}
