/** Control characters but tab and newline: what could move a terminal's cursor, or make it do worse. */
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;

/** A text of somebody else, as it can be written to a terminal without giving it orders. */
export function printable(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll("\t", "    ").replace(CONTROLS, "\uFFFD");
}
