/** Something that was looked at. */
export interface Finding {
  /** What it is, in a word or two. */
  readonly what: string;
  /** `info`: neither good nor bad. `note`: it works, but could be better. `wrong`: it does not. */
  readonly state: "fine" | "info" | "note" | "wrong";
  /** What was found. */
  readonly found: string;
  /** What to do about it. */
  readonly advice?: string | undefined;
}

/** Findings that belong together. */
export interface Section {
  readonly title: string;
  readonly findings: readonly Finding[];
}

export function fine(what: string, found: string): Finding {
  return { what, state: "fine", found };
}

export function info(what: string, found: string): Finding {
  return { what, state: "info", found };
}

export function note(what: string, found: string, advice?: string): Finding {
  return { what, state: "note", found, advice };
}

export function wrong(what: string, found: string, advice?: string): Finding {
  return { what, state: "wrong", found, advice };
}
