/** Machines that read a text one character at a time, and are in one state at each. */
import { type CharSet, charSet, complementOf, everyChar, intersectionOf } from "./char-set.js";
import type { Expression } from "./expression.js";
import { Nfa } from "./nfa.js";
import { requireTime, TooComplexError } from "../../patience.js";

export interface Dfa {
  /** The first one is where it begins. A character that no edge has is refused. */
  readonly states: readonly DfaState[];
}

export interface DfaState {
  /** Whether the text may end here. */
  readonly accepts: boolean;
  readonly edges: readonly { readonly set: CharSet; readonly to: number }[];
}

/** More would make a grammar that is slow to read. */
const MAX_STATES = 6000;

/** The machine of an expression, as small as can be. @throws {TooComplexError} */
export function toDfa(expression: Expression): Dfa {
  const { states, start, end } = new Nfa(expression);
  const closure = (seeds: readonly number[]): number[] => {
    const found = new Set(seeds);
    for (const state of found) for (const next of states[state]?.free ?? []) found.add(next);
    return [...found].sort((one, other) => one - other);
  };
  return explore(closure([start]), (members) => ({
    accepts: members.includes(end),
    edges: split(members.flatMap((member) => states[member]?.edges ?? [])).map(({ set, to }) => ({
      set,
      to: closure(to),
    })),
  }));
}

/** What both accept. */
export function intersect(one: Dfa, other: Dfa): Dfa {
  return explore([0, 0], ([left = 0, right = 0]) => ({
    accepts: (one.states[left]?.accepts ?? false) && (other.states[right]?.accepts ?? false),
    edges: (one.states[left]?.edges ?? []).flatMap((edge) =>
      (other.states[right]?.edges ?? [])
        .map(({ set, to }) => ({ set: intersectionOf(edge.set, set), to: [edge.to, to] }))
        .filter(({ set }) => set.length > 0),
    ),
  }));
}

/** Every text that it does not accept. */
export function complement({ states }: Dfa): Dfa {
  const lost = states.length;
  const all = states.map(({ accepts, edges }) => {
    const rest = complementOf(charSet(edges.flatMap(({ set }) => set)));
    return { accepts: !accepts, edges: rest.length === 0 ? edges : [...edges, { set: rest, to: lost }] };
  });
  return minimize({ states: [...all, { accepts: true, edges: [{ set: everyChar, to: lost }] }] });
}

/** Whether there is no text that it accepts. */
export function isEmpty({ states }: Dfa): boolean {
  return !states.some(({ accepts }) => accepts);
}

/** Whether it accepts a text. */
export function matches({ states }: Dfa, text: string): boolean {
  let state = states[0];
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const edge = state?.edges.find(({ set }) => set.some(([from, to]) => from <= code && code <= to));
    if (edge === undefined) return false;
    state = states[edge.to];
  }
  return state?.accepts ?? false;
}

/** Builds a machine from its first state on; states are known by lists of numbers. */
function explore(
  first: readonly number[],
  look: (members: readonly number[]) => {
    readonly accepts: boolean;
    readonly edges: readonly { readonly set: CharSet; readonly to: readonly number[] }[];
  },
): Dfa {
  const numbers = new Map<string, number>([[first.join(), 0]]);
  const found = [first];
  const states: DfaState[] = [];
  for (const members of found) {
    requireTime();
    const { accepts, edges } = look(members);
    const numbered = edges.map(({ set, to }) => {
      const key = to.join();
      const known = numbers.get(key) ?? found.length;
      if (known === found.length) {
        if (known >= MAX_STATES) throw new TooComplexError();
        numbers.set(key, known);
        found.push(to);
      }
      return { set, to: known };
    });
    states.push({ accepts, edges: numbered });
  }
  return minimize({ states });
}

/** Edges whose sets may overlap, as edges to several states whose sets do not. */
function split(edges: DfaState["edges"]): { set: CharSet; to: number[] }[] {
  const borders = edges
    .flatMap(({ set, to }) =>
      set.flatMap(([begin, end]) => [
        { at: begin, to, opens: true },
        { at: end + 1, to, opens: false },
      ]),
    )
    .sort((one, other) => one.at - other.at);
  const open = new Map<number, number>();
  const byTargets = new Map<string, { ranges: [number, number][]; to: number[] }>();
  borders.forEach(({ at, to, opens }, index) => {
    const count = (open.get(to) ?? 0) + (opens ? 1 : -1);
    if (count === 0) open.delete(to);
    else open.set(to, count);
    const end = (borders[index + 1]?.at ?? at) - 1;
    if (open.size === 0 || end < at) return;
    const targets = [...open.keys()].sort((one, other) => one - other);
    const entry = byTargets.get(targets.join()) ?? { ranges: [], to: targets };
    entry.ranges.push([at, end]);
    byTargets.set(targets.join(), entry);
  });
  return [...byTargets.values()].map(({ ranges, to }) => ({ set: charSet(ranges), to }));
}

/** Leaves out states that no text goes through, and makes one of states that are alike (Moore's algorithm). */
function minimize(dfa: Dfa): Dfa {
  const { states } = trim(dfa);
  let group = states.map(({ accepts }): number => (accepts ? 1 : 0));
  for (let groups = 0; ;) {
    const numbers = new Map<string, number>();
    const next = states.map(({ edges }, index) => {
      requireTime();
      const key = `${group[index]}:${signature(edges, group)}`;
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      return number;
    });
    group = next;
    if (numbers.size === groups) break;
    groups = numbers.size;
  }
  // The first state's group is 0, as it comes first.
  const members = new Map(group.map((number, index) => [number, index] as const).toReversed());
  return {
    states: [...members.keys()]
      .sort((one, other) => one - other)
      .map((number): DfaState => {
        const { accepts, edges } = states[members.get(number) ?? 0] ?? { accepts: false, edges: [] };
        return { accepts, edges: joined(edges, group) };
      }),
  };
}

/** The edges, those to one group together. */
function joined(edges: DfaState["edges"], group: readonly number[]): DfaState["edges"] {
  const sets = new Map<number, CharSet>();
  for (const { set, to } of edges) {
    const target = group[to] ?? 0;
    const known = sets.get(target);
    sets.set(target, known === undefined ? set : charSet([...known, ...set]));
  }
  return [...sets].map(([to, set]) => ({ set, to }));
}

function signature(edges: DfaState["edges"], group: readonly number[]): string {
  return [...joined(edges, group)]
    .sort((one, other) => one.to - other.to)
    .map(({ set, to }) => `${to}=${textOf(set)}`)
    .join(" ");
}

const texts = new WeakMap<CharSet, string>();

/** The sets of letters are long, and come again and again. */
function textOf(set: CharSet): string {
  const text = texts.get(set) ?? set.join(";");
  texts.set(set, text);
  return text;
}

function trim({ states }: Dfa): Dfa {
  const before = states.map((): number[] => []);
  states.forEach(({ edges }, from) => {
    for (const { to } of edges) before[to]?.push(from);
  });
  const useful = new Set([...states.keys()].filter((index) => states[index]?.accepts === true));
  for (const state of useful) for (const from of before[state] ?? []) useful.add(from);
  const reached = new Set([0]);
  for (const state of reached) for (const { to } of states[state]?.edges ?? []) reached.add(to);
  // Where it begins stays, even when nothing is accepted.
  const kept = [...states.keys()].filter((index) => index === 0 || (useful.has(index) && reached.has(index)));
  const numbers = new Map(kept.map((index, number) => [index, number]));
  return {
    states: kept.map((index) => {
      const { accepts = false, edges = [] } = states[index] ?? {};
      return {
        accepts,
        edges: edges.filter(({ to }) => useful.has(to)).map(({ set, to }) => ({ set, to: numbers.get(to) ?? 0 })),
      };
    }),
  };
}
