/** Reads JSON from the middle of a text, also when it has not ended. */

/** A value in a text. */
export interface JsonSpan {
  readonly start: number;
  /** Behind its last character; the text's end where it has not ended. */
  readonly end: number;
  readonly complete: boolean;
  /** For an object, where the values of its keys are. */
  readonly members: readonly { readonly key: string; readonly value: JsonSpan }[];
}

/**
 * Finds where the value ends that begins at an index, without a look at whether it is right between there.
 *
 * @returns undefined where none begins there
 */
export function scanJson(text: string, at: number): JsonSpan | undefined {
  const start = skipSpace(text, at);
  const char = text[start];
  if (char === undefined) return undefined;
  if (char === "{" || char === "[") return scanNested(text, start);
  if (char === '"') return scanString(text, start);
  const [word = ""] = /^[-+.\w]+/.exec(text.slice(start, start + 400)) ?? [];
  if (word === "") return undefined;
  const end = start + word.length;
  return { start, end, complete: end < text.length, members: [] };
}

export function skipSpace(text: string, at: number): number {
  let index = at;
  while (index < text.length && " \n\r\t".includes(text[index] ?? "")) index++;
  return index;
}

function scanString(text: string, start: number): JsonSpan {
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === "\\") index++;
    else if (text[index] === '"') return { start, end: index + 1, complete: true, members: [] };
  }
  return { start, end: text.length, complete: false, members: [] };
}

function scanNested(text: string, start: number): JsonSpan {
  const object = text[start] === "{";
  const members: { key: string; value: JsonSpan }[] = [];
  const open = (end: number): JsonSpan => ({ start, end, complete: false, members });
  for (let index = start + 1; ;) {
    index = skipSpace(text, index);
    const char = text[index];
    if (char === undefined) return open(text.length);
    if (char === (object ? "}" : "]")) return { start, end: index + 1, complete: true, members };
    if (char === "," || char === ":") {
      index++;
      continue;
    }
    let key = "";
    if (object) {
      const name = scanJson(text, index);
      if (name?.complete !== true) return open(text.length);
      key = stringAt(text, name);
      index = skipSpace(text, name.end);
      if (text[index] !== ":") return open(index);
      index++;
    }
    const value = scanJson(text, index);
    if (value === undefined) return open(skipSpace(text, index));
    members.push({ key, value });
    if (!value.complete) return open(value.end);
    index = value.end;
  }
}

/** The string of a span; the text as it stands, where it is none. */
export function stringAt(text: string, { start, end }: JsonSpan): string {
  const raw = text.slice(start, end);
  try {
    return String(JSON.parse(raw));
  } catch {
    return raw.replace(/^"|"$/g, "");
  }
}

/** The value of a span; undefined where it is no JSON. */
export function valueAt(text: string, { start, end }: JsonSpan): unknown {
  try {
    return JSON.parse(text.slice(start, end)) as unknown;
  } catch {
    return undefined;
  }
}
