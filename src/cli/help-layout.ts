import { type Command, Help, type HelpConfiguration } from "commander";
import { painterFor } from "./terminal/color.js";

/** With fewer columns for what something means beside its name, it stands below. */
const LEAST = 30;

/** How `--help` looks: commands by their names only, and on narrow terminals meanings below names. */
export const helpLayout: HelpConfiguration = {
  minWidthToWrap: 16,
  subcommandTerm: (command) => [command.name(), ...command.aliases()].join(", "),
  formatItem: (term, termWidth, description, helper) => {
    const width = helper.helpWidth ?? 80;
    if (width - termWidth >= LEAST) return Help.prototype.formatItem.call(helper, term, termWidth, description, helper);
    const below = helper.boxWrap(description, width - 7).replaceAll(/^/gm, "      ");
    return `  ${term}\n${below}`;
  },
  styleTitle: (title) => painterFor(process.stdout)(["bold"], title),
};

/** A paragraph below the options, as wide as the terminal is. @param indent columns before each line */
export function helpText(command: Command, title: string, text: string, indent = 2): string {
  const help = command.createHelp();
  const lines = help.boxWrap(text, (process.stdout.columns ?? 80) - indent - 1);
  return `${help.styleTitle(title)}\n${lines.replaceAll(/^/gm, " ".repeat(indent))}\n`;
}
