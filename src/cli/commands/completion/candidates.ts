import type { Argument, Command, Option } from "commander";
import { modelNames } from "./model-names.js";
import { FILES, optionValues, valuesOf } from "./option-values.js";

/** What the last of some words may become: lines of a word, a tab and what it means. @param words those behind `mullama` */
export async function candidates(program: Command, words: readonly string[]): Promise<readonly string[]> {
  const current = words.at(-1) ?? "";
  const place = walk(program, words.slice(0, -1));
  const lines = await linesFor(program, place, current);
  return lines.filter((line) => line.startsWith(FILES) || line.startsWith(current));
}

interface Place {
  readonly command: Command;
  /** The option whose value comes next. */
  readonly option: Option | undefined;
  /** The argument that comes next. */
  readonly argument: Argument | undefined;
}

/** Where in the command line the words lead. */
function walk(program: Command, words: readonly string[]): Place {
  let command = program;
  let option: Option | undefined;
  let count = 0;
  for (const word of words) {
    if (option !== undefined) {
      option = undefined;
      continue;
    }
    if (word.startsWith("-") && word !== "-") {
      const given = optionOf(program, command, word);
      option = given?.required === true ? given : undefined;
      continue;
    }
    const next = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (next === undefined) count++;
    else command = next;
  }
  const { registeredArguments: given } = command;
  const last = given.at(-1);
  return { command, option, argument: given[count] ?? (last?.variadic === true ? last : undefined) };
}

function optionOf(program: Command, command: Command, word: string): Option | undefined {
  return [...command.options, ...program.options].find(({ short, long }) => word === short || word === long);
}

async function linesFor(
  program: Command,
  { command, option, argument }: Place,
  current: string,
): Promise<readonly string[]> {
  if (option !== undefined) return optionValues(command, option);
  const [, name = "", value] = /^(--[^=]*)=(.*)$/.exec(current) ?? [];
  if (value !== undefined) {
    const given = optionOf(program, command, name);
    const lines = given?.required === true ? await optionValues(command, given) : [];
    return lines.filter((line) => !line.startsWith(FILES)).map((line) => `${name}=${line}`);
  }
  if (current.startsWith("-")) return optionLines(program, command);
  if (command === program) {
    const help = program.createHelp();
    return help.visibleCommands(program).map((one) => described(one.name(), one.description()));
  }
  if (argument === undefined) return [];
  if (argument.name() === "model") return modelNames(command.name());
  return valuesOf(argument.name(), argument.argChoices);
}

function optionLines(program: Command, command: Command): readonly string[] {
  const help = command.createHelp();
  const options = [...help.visibleOptions(command), ...(command === program ? [] : program.options)];
  return options.flatMap(({ long, description }) => (long ? [described(long, description)] : []));
}

function described(word: string, meaning: string): string {
  return `${word}\t${meaning.split("\n")[0] ?? ""}`;
}
