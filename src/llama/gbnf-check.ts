/** What a grammar that can be read must still not be, because C would never return from it, or end the process. */
import { MullamaError } from "../errors.js";
import type { Grammar, Sequence, Terminal } from "./gbnf-parse.js";

/** What C may hold at once: more makes it slow, and much more runs out of memory. */
const MAX_PATHS = 4_000;
const MAX_EMPTY = 200;
const MAX_VISITS = 1_000_000;
const MAX_CHAIN = 2_000;

/**
 * @param textOf the text of a token
 * @throws {MullamaError} `GRAMMAR_INVALID`
 */
export function checkGrammar(grammar: Grammar, textOf: (token: number) => string): void {
  const nullable = findNullable(grammar);
  checkProductive(grammar, nullable);
  checkLeftRecursion(grammar, nullable);
  checkAmbiguity(grammar, nullable);
  checkTokens(grammar, nullable, textOf);
}

function fail(problem: string): never {
  throw new MullamaError("GRAMMAR_INVALID", `The grammar cannot be used: ${problem}.`);
}

function nameOf(grammar: Grammar, rule: number): string {
  return JSON.stringify((grammar.names[rule] ?? "").replace(/_\d+$/, ""));
}

/** Grows a set of rules until `holds` adds none. */
function fixpoint(
  grammar: Grammar,
  holds: (alternatives: readonly Sequence[], found: ReadonlySet<number>) => boolean,
): Set<number> {
  const found = new Set<number>();
  const order = [...grammar.rules.keys()];
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const rule of order) if (!found.has(rule) && holds(grammar.rules[rule] ?? [], found)) found.add(rule);
    // Chains of rules go either way.
    order.reverse();
  }
  return found;
}

function findNullable(grammar: Grammar): Set<number> {
  return fixpoint(grammar, (alternatives, found) =>
    alternatives.some((sequence) => sequence.every((element) => found.has(element))),
  );
}

/** The elements that a sequence can begin with, with their positions. */
function* beginnings(
  sequence: Sequence,
  nullable: ReadonlySet<number>,
): Generator<readonly [element: number, position: number]> {
  for (const [position, element] of sequence.entries()) {
    yield [element, position];
    if (!nullable.has(element)) return;
  }
}

/** C takes for granted that something can come next. */
function checkProductive(grammar: Grammar, nullable: ReadonlySet<number>): void {
  const productive = fixpoint(grammar, (alternatives, found) =>
    alternatives.some((sequence) =>
      [...beginnings(sequence, nullable)].some(([element]) => element < 0 || found.has(element)),
    ),
  );
  grammar.rules.forEach((_, rule) => {
    if (!productive.has(rule) && !nullable.has(rule)) fail(`the rule ${nameOf(grammar, rule)} can never begin`);
  });
}

/** C sees left recursion, but not through rules that are empty only by way of others: then it never returns. */
function checkLeftRecursion(grammar: Grammar, nullable: ReadonlySet<number>): void {
  const edges = grammar.rules.map((alternatives) =>
    alternatives.flatMap((sequence) =>
      [...beginnings(sequence, nullable)]
        .filter(([element]) => element >= 0)
        .map(([to, position]) => ({ to, grows: position < sequence.length - 1 })),
    ),
  );
  const component = stronglyConnected(edges.map((list) => list.map(({ to }) => to)));
  edges.forEach((list, rule) => {
    if (list.some(({ to, grows }) => grows && component[to] === component[rule]))
      fail(`the rule ${nameOf(grammar, rule)} is left-recursive`);
  });
}

/** The number of each node's strongly connected component (Tarjan's algorithm, without recursion). */
function stronglyConnected(edges: readonly (readonly number[])[]): number[] {
  const index = edges.map(() => -1);
  const low = edges.map(() => 0);
  const component = edges.map(() => -1);
  const stack: number[] = [];
  let next = 0;
  let components = 0;
  for (let start = 0; start < edges.length; start++) {
    if (index[start] !== -1) continue;
    const work = [{ node: start, edge: 0 }];
    while (work.length > 0) {
      const top = work.at(-1) ?? { node: 0, edge: 0 };
      const { node } = top;
      if (top.edge === 0) {
        index[node] = low[node] = next++;
        stack.push(node);
      }
      const to = edges[node]?.[top.edge++];
      if (to !== undefined) {
        if (index[to] === -1) work.push({ node: to, edge: 0 });
        else if (component[to] === -1) low[node] = Math.min(low[node] ?? 0, index[to] ?? 0);
        continue;
      }
      work.pop();
      const parent = work.at(-1)?.node;
      if (parent !== undefined) low[parent] = Math.min(low[parent] ?? 0, low[node] ?? 0);
      if (low[node] !== index[node]) continue;
      for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
        component[member] = components;
        if (member === node) break;
      }
      components++;
    }
  }
  return component;
}

/** Bounds what C does before the first token: its search for left recursion has no memory, and it follows every way at once. */
function checkAmbiguity(grammar: Grammar, nullable: ReadonlySet<number>): void {
  grammar.rules.forEach((alternatives, rule) => {
    if (alternatives.some((sequence) => longestRun(sequence, nullable) > MAX_EMPTY)) {
      fail(`the rule ${nameOf(grammar, rule)} has too many parts in a row that may be empty`);
    }
  });
  const sizes = new Map<number, { paths: number; visits: number; chain: number }>();
  const none = { paths: 0, visits: 0, chain: 0 };
  const order = leftmostOrder(grammar, nullable);
  for (const rule of order) {
    let paths = 0;
    let visits = 1;
    let chain = 0;
    for (const sequence of grammar.rules[rule] ?? []) {
      for (const [element] of beginnings(sequence, nullable)) {
        const size = element < 0 ? { paths: 1, visits: 0, chain: 0 } : (sizes.get(element) ?? none);
        paths += size.paths;
        visits += size.visits;
        chain = Math.max(chain, size.chain);
      }
      if (sequence.every((element) => nullable.has(element))) paths++;
    }
    if (paths > MAX_PATHS || visits > MAX_VISITS) fail(`the rule ${nameOf(grammar, rule)} can begin in too many ways`);
    if (chain > MAX_CHAIN) fail(`the rule ${nameOf(grammar, rule)} begins with too long a chain of rules`);
    sizes.set(rule, { paths, visits, chain: chain + 1 });
  }
}

/** How many elements in a row may be empty: C follows the grammar past each of them, from each of them. */
function longestRun(sequence: Sequence, nullable: ReadonlySet<number>): number {
  let longest = 0;
  let run = 0;
  for (const element of sequence) {
    run = nullable.has(element) ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

/** The rules, each after those that it can begin with (but for cycles). */
function leftmostOrder(grammar: Grammar, nullable: ReadonlySet<number>): number[] {
  const order: number[] = [];
  const seen = new Set<number>();
  for (let start = 0; start < grammar.rules.length; start++) {
    const work = [{ rule: start, done: false }];
    for (let top = work.pop(); top !== undefined; top = work.pop()) {
      const { rule, done } = top;
      if (done) order.push(rule);
      if (done || seen.has(rule)) continue;
      seen.add(rule);
      work.push({ rule, done: true });
      for (const sequence of grammar.rules[rule] ?? []) {
        for (const [element] of beginnings(sequence, nullable))
          if (element >= 0) work.push({ rule: element, done: false });
      }
    }
  }
  return order;
}

/**
 * C lets a token pass when its text begins with characters that the grammar wants and goes on where it wants a token, and
 * then ends the process. So no such text may exist.
 */
function checkTokens(grammar: Grammar, nullable: ReadonlySet<number>, textOf: (token: number) => string): void {
  if (!grammar.terminals.some(({ kind }) => kind !== "character")) return;
  const next = followers(grammar, nullable);
  grammar.terminals.forEach((terminal, index) => {
    if (terminal.kind === "character") return;
    const before = [...next]
      .filter(([from, to]) => to.has(index) && grammar.terminals[from]?.kind === "character")
      .map(([from]) => from);
    if (before.length === 0) return;
    if (terminal.kind === "otherToken") fail("a token that must not come follows characters");
    if (reaches(grammar, next, new Set(before), textOf(terminal.id)))
      fail(`the token ${terminal.id} follows characters that its own text begins with`);
  });
}

/** Whether characters in a row can match the beginning of `text`, but not all of it, and end at one of `ends`. */
function reaches(
  grammar: Grammar,
  next: ReadonlyMap<number, ReadonlySet<number>>,
  ends: ReadonlySet<number>,
  text: string,
): boolean {
  let current = new Set(grammar.terminals.keys());
  const characters = Array.from(text);
  for (const character of characters.slice(0, -1)) {
    const matched = [...current].filter((index) => matches(grammar.terminals[index], character.codePointAt(0) ?? 0));
    if (matched.some((index) => ends.has(index))) return true;
    current = new Set(matched.flatMap((index) => [...(next.get(index) ?? [])]));
  }
  return false;
}

function matches(terminal: Terminal | undefined, code: number): boolean {
  if (terminal?.kind !== "character") return false;
  return terminal.ranges.some(([from, to]) => from <= code && code <= to) !== terminal.negated;
}

/** For each terminal those that can come right after it. */
function followers(grammar: Grammar, nullable: ReadonlySet<number>): Map<number, Set<number>> {
  const first = edgeTerminals(grammar, nullable, (sequence) => sequence);
  const last = edgeTerminals(grammar, nullable, (sequence) => sequence.toReversed());
  const next = new Map<number, Set<number>>();
  for (const sequence of grammar.rules.flat()) {
    sequence.forEach((element, position) => {
      for (const [after] of beginnings(sequence.slice(position + 1), nullable)) {
        for (const from of element < 0 ? [~element] : (last[element] ?? [])) {
          const to = next.get(from) ?? new Set();
          for (const terminal of after < 0 ? [~after] : (first[after] ?? [])) to.add(terminal);
          next.set(from, to);
        }
      }
    });
  }
  return next;
}

/** The terminals that each rule can begin with, or, with its sequences turned around, end with. */
function edgeTerminals(
  grammar: Grammar,
  nullable: ReadonlySet<number>,
  turn: (sequence: Sequence) => Sequence,
): Set<number>[] {
  const sets = grammar.rules.map(() => new Set<number>());
  for (let changed = true; changed;) {
    changed = false;
    grammar.rules.forEach((alternatives, rule) => {
      const set = sets[rule] ?? new Set();
      const before = set.size;
      for (const sequence of alternatives) {
        for (const [element] of beginnings(turn(sequence), nullable)) {
          for (const terminal of element < 0 ? [~element] : (sets[element] ?? [])) set.add(terminal);
        }
      }
      changed ||= set.size !== before;
    });
  }
  return sets;
}
