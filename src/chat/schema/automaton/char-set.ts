/** Sets of Unicode characters as sorted ranges of code points, ends included. Surrogates are in none: they are not characters. */
export type CharSet = readonly (readonly [from: number, to: number])[];

const SURROGATES = [0xd800, 0xdfff] as const;

/** Every character. */
export const everyChar: CharSet = [
  [0, SURROGATES[0] - 1],
  [SURROGATES[1] + 1, 0x10ffff],
];

/** The characters of ranges in any order. */
export function charSet(ranges: CharSet): CharSet {
  const sorted = ranges.flatMap(withoutSurrogates).sort(([one], [other]) => one - other);
  const merged: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

function withoutSurrogates([from, to]: readonly [number, number]): (readonly [number, number])[] {
  const parts = [
    [from, Math.min(to, SURROGATES[0] - 1)],
    [Math.max(from, SURROGATES[1] + 1), to],
  ] as const;
  return parts.filter(([begin, end]) => begin <= end);
}

/** The characters of a text. */
export function charsOf(text: string): CharSet {
  return charSet(Array.from(text).map((char) => [char.codePointAt(0) ?? 0, char.codePointAt(0) ?? 0]));
}

/** All characters that are not in the set. */
export function complementOf(set: CharSet): CharSet {
  const rest: [number, number][] = [];
  let next = 0;
  for (const [from, to] of set) {
    if (from > next) rest.push([next, from - 1]);
    next = to + 1;
  }
  rest.push([next, 0x10ffff]);
  return charSet(rest.filter(([from, to]) => from <= to));
}

export function intersectionOf(one: CharSet, other: CharSet): CharSet {
  const common: [number, number][] = [];
  for (let at = 0, against = 0; at < one.length && against < other.length;) {
    const [from, to] = one[at] ?? [0, 0];
    const [begin, end] = other[against] ?? [0, 0];
    if (Math.max(from, begin) <= Math.min(to, end)) common.push([Math.max(from, begin), Math.min(to, end)]);
    if (to < end) at++;
    else against++;
  }
  return common;
}

const matching = new Map<string, CharSet>();

/** The characters that a regular expression of one character matches, such as `\p{L}`; each is looked for once. */
export function charsMatching(pattern: RegExp): CharSet {
  const set = matching.get(pattern.source) ?? findMatching(pattern);
  matching.set(pattern.source, set);
  return set;
}

function findMatching(pattern: RegExp): CharSet {
  const ranges: [number, number][] = [];
  for (const [begin, end] of everyChar) {
    for (let code = begin; code <= end; code++) {
      if (!pattern.test(String.fromCodePoint(code))) continue;
      const last = ranges.at(-1);
      if (last !== undefined && last[1] === code - 1) last[1] = code;
      else ranges.push([code, code]);
    }
  }
  return charSet(ranges);
}
