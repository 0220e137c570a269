import type { ReasoningOption } from "../../../../chat/respond-options.js";
import { ArgumentError, MullamaError } from "../../../../errors.js";
import { paramsToDefaults } from "../../../../models/modelfile/index.js";
import { type ParameterName, parameterNames } from "../../../../models/modelfile/parameters.js";
import { readParameter } from "../../../../models/modelfile/read-parameter.js";
import { closest } from "../../../../models/suggest.js";
import { readFormat } from "../output-format.js";
import type { Conversation } from "./conversation.js";

/** What `/set` needs of the chat. */
interface SettingsControl {
  readonly conversation: Conversation;
  readonly isLocal: boolean;
  readonly keepHistory: (on: boolean) => void;
}

/** Parameters that a model in this process is loaded with, and their options. */
const loadedWith: Partial<Record<ParameterName, string>> = {
  num_ctx: "--ctx",
  num_gpu: "--gpu-layers",
  num_thread: "--threads",
};

type Setter = (control: SettingsControl, value: string) => readonly string[];

const setters: Readonly<Record<string, Setter>> = {
  parameter: ({ conversation, isLocal }, value) => {
    const [name, read] = parameter(value, isLocal);
    change(conversation, { parameters: { ...conversation.settings.parameters, [name]: read } });
    return paramsToDefaults({ [name]: read }).notes;
  },
  system: ({ conversation }, value) => {
    change(conversation, { system: value === "" ? undefined : value.replace(/^"""|"""$/g, "") });
    return [];
  },
  think: ({ conversation, isLocal }, value) => {
    conversation.showThoughts = value !== "hide";
    if (value !== "hide") change(conversation, { think: thinking(value, isLocal) });
    return [];
  },
  format: ({ conversation }, value) => {
    change(conversation, { format: value === "off" || value === "" ? undefined : readFormat(value) });
    return [];
  },
  verbose: ({ conversation }, value) => {
    conversation.verbose = onOff("verbose", value);
    return [];
  },
  history: ({ keepHistory }, value) => {
    keepHistory(onOff("history", value));
    return [];
  },
};

export const settingNames = Object.keys(setters);

/** Does what `/set` says. @returns lines to show @throws {MullamaError} what is wrong with it */
export function changeSettings(control: SettingsControl, rest: string): readonly string[] {
  const [, name = "", value = ""] = /^(\S*)\s*([^]*)$/.exec(rest) ?? [];
  if (name === "") return describeSettings(control.conversation);
  const setter = setters[name];
  if (setter !== undefined) return [...setter(control, value), "Set."];
  const near = parameterNames.some((one) => one === name) ? `/set parameter ${rest}` : closest(name, settingNames);
  throw new ArgumentError("/set", `one of ${settingNames.join(", ")}`, name, {
    hint: near === undefined ? undefined : `Did you mean ${near}?`,
  });
}

function change(conversation: Conversation, some: Partial<Conversation["settings"]>): void {
  conversation.settings = { ...conversation.settings, ...some };
}

function onOff(name: string, value: string): boolean {
  if (value !== "on" && value !== "off") throw new ArgumentError(name, "on or off", value);
  return value === "on";
}

function thinking(value: string, isLocal: boolean): ReasoningOption {
  if (!/^\d+$/.test(value)) {
    if (value === "on" || value === "off") return value === "on";
    throw new ArgumentError("think", "on, off, hide, or a number of tokens", value);
  }
  if (isLocal) return { budget: Number(value) };
  throw new MullamaError("UNSUPPORTED", "The service cannot limit thoughts.", {
    hint: "Begin the chat with mullama run --local.",
  });
}

function parameter(text: string, isLocal: boolean): readonly [ParameterName, unknown] {
  const [, name = "", value = ""] = /^(\S*)\s*([^]*)$/.exec(text) ?? [];
  const known = parameterNames.find((one) => one === name);
  if (known === undefined) {
    const near = closest(name, parameterNames);
    throw new ArgumentError("parameter", `one of ${parameterNames.join(", ")}`, name, {
      hint: near === undefined ? undefined : `Did you mean ${near}?`,
    });
  }
  const option = loadedWith[known];
  if (isLocal && option !== undefined) {
    throw new MullamaError("UNSUPPORTED", `${known} is for loading the model, which is loaded.`, {
      hint: `Begin the chat with mullama run ${option}.`,
    });
  }
  const read = readParameter(known, value);
  if (typeof read === "object") throw new MullamaError("ARGUMENT_INVALID", `${known}: ${read.problem}.`);
  return [known, read];
}

function describeSettings({ settings, verbose }: Conversation): string[] {
  const { system, parameters, think, format } = settings;
  const thinks = typeof think === "object" ? `${think.budget} tokens at most` : think === true ? "on" : "off";
  return [
    `system     ${system ?? "as the model has it"}`,
    `think      ${think === undefined ? "as the model likes" : thinks}`,
    `format     ${format === undefined ? "free text" : JSON.stringify(format)}`,
    `verbose    ${verbose ? "on" : "off"}`,
    ...Object.entries(parameters).map(([name, value]) => `parameter  ${name} ${JSON.stringify(value)}`),
  ];
}
