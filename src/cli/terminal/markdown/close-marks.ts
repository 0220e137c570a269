/**
 * A paragraph that is being written, with its open marks closed, so that `**bold` is bold before its end has come; marks
 * that stand at the very end are left out until it is clear what they begin.
 */
export function closeMarks(text: string): string {
  const block = /(?:^|\n)(?: {0,3})(```|~~~)[^\n]*/.exec(text);
  // In code, nothing is a mark.
  if (block !== null) return text;
  // The beginning of a list's item could be a line below a heading, too.
  const shown = text.replace(/(\n[ >]*)(?:[-=*+]+|\d+[.)]?) *$/, "$1");
  const lastLine = shown.lastIndexOf("\n\n") + 1;
  const before = shown.slice(0, lastLine);
  let paragraph = shown.slice(lastLine).replace(/(^|[\s(])(\*{1,3}|_{1,2}|`)$/, "$1");
  if (count(paragraph, /`/g) % 2 === 1) return `${before}${paragraph}\``;
  const prose = paragraph.replace(/`[^`]*`/g, "");
  if (count(prose, /\*\*/g) % 2 === 1)
    paragraph = paragraph.endsWith("*") && !paragraph.endsWith("**") ? `${paragraph}*` : `${paragraph.trimEnd()}**`;
  return before + paragraph;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
