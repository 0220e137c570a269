/** Whether output is coloured, and how. */
import { styleText } from "node:util";

export const colorChoices = ["auto", "always", "never"] as const;
export type ColorChoice = (typeof colorChoices)[number];

let choice: ColorChoice = "auto";

/** What `--color` says, for the rest of the process. */
export function chooseColor(when: ColorChoice): void {
  choice = when;
}

/** Formats of `styleText`. */
export type Format = "bold" | "dim" | "italic" | "underline" | "strikethrough" | "red" | "green" | "yellow" | "cyan";

/** Gives a text a format, or leaves it as it is. */
export type Painter = (formats: readonly Format[], text: string) => string;

export const plainPainter: Painter = (_formats, text) => text;

const colorPainter: Painter = (formats, text) =>
  formats.length === 0 || text === "" ? text : styleText([...formats], text, { validateStream: false });

/** A painter for a stream: `--color` decides, then `FORCE_COLOR`, then `NO_COLOR`, then whether it is a terminal. */
export function painterFor(stream: { readonly isTTY?: boolean | undefined }): Painter {
  return usesColor(stream.isTTY === true) ? colorPainter : plainPainter;
}

function usesColor(isTerminal: boolean): boolean {
  if (choice !== "auto") return choice === "always";
  const { FORCE_COLOR: force, NO_COLOR: none = "", TERM: terminal } = process.env;
  if (force !== undefined) return force !== "0" && force !== "false";
  return isTerminal && none === "" && terminal !== "dumb";
}
