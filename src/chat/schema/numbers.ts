/** Numbers within bounds, as machines over their digits. */
import { type Dfa, type DfaState, intersect, toDfa } from "./automaton/dfa.js";
import { automaton, chars, choice, empty, type Expression, literal, repeat, sequence } from "./automaton/expression.js";
import { TooComplexError } from "../patience.js";

export interface NumberBounds {
  readonly integer: boolean;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMinimum?: number | undefined;
  readonly exclusiveMaximum?: number | undefined;
  readonly multipleOf?: readonly number[] | undefined;
}

/** Digits of which a number has no more, so that reading it keeps each apart. */
const PRECISION = 15;
const FRACTION = 6;
const MAX_STEP = 2000;

const digit = chars([[0x30, 0x39]]);
const positiveDigit = chars([[0x31, 0x39]]);
const minus = repeat(literal("-"), 0, 1);
const wholePart = choice(literal("0"), sequence(positiveDigit, repeat(digit, 0, PRECISION - 1)));

/** A decimal number's digits, exactly. */
interface Decimal {
  readonly negative: boolean;
  /** Without leading zeros, except for a lone one. */
  readonly whole: string;
  /** Without trailing zeros. */
  readonly fraction: string;
}

/** What a number may look like. @throws {TooComplexError} */
export function numberDfa(bounds: NumberBounds): Dfa {
  const { integer, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf = [] } = bounds;
  const limits = [
    ...(minimum === undefined ? [] : [atLeast(minimum, true)]),
    ...(exclusiveMinimum === undefined ? [] : [atLeast(exclusiveMinimum, false)]),
    ...(maximum === undefined ? [] : [atMost(maximum, true)]),
    ...(exclusiveMaximum === undefined ? [] : [atMost(exclusiveMaximum, false)]),
  ].map(toDfa);
  const free = limits.length === 0 && multipleOf.length === 0;
  const base = toDfa(integer ? signed(empty) : choice(signed(fractionOf(free)), belowOne));
  // Bounds hold for the digits; with so few, they hold for what is read from them too.
  const short = free ? [] : [toDfa(sequence(minus, repeat(chars("0123456789."), 1, PRECISION + 1)))];
  return [...short, ...limits, ...multipleOf.map(multiplesOf)].reduce(intersect, base);
}

/** A whole number's digits and a fraction; below zero from -1 on. */
function signed(fraction: Expression): Expression {
  const positive = sequence(positiveDigit, repeat(digit, 0, PRECISION - 1), fraction);
  return choice(sequence(literal("0"), fraction), sequence(minus, positive));
}

/** Between -1 and 0, which is never written with a minus. */
const belowOne = sequence(
  literal("-0."),
  repeat(literal("0"), 0, FRACTION - 1),
  positiveDigit,
  repeat(digit, 0, FRACTION),
);

function fractionOf(free: boolean): Expression {
  const fraction = choice(empty, sequence(literal("."), repeat(digit, 1, free ? PRECISION : 2 * FRACTION)));
  if (!free) return fraction;
  const exponent = sequence(chars("eE"), repeat(chars("+-"), 0, 1), positiveDigit, repeat(digit, 0, 1));
  return sequence(fraction, choice(empty, exponent));
}

function atLeast(limit: number, included: boolean): Expression {
  const decimal = decimalOf(limit);
  const negative = sequence(literal("-"), magnitude(decimal, "below", included));
  if (decimal.negative) return choice(negative, anyMagnitude);
  return magnitude(decimal, "above", included);
}

function atMost(limit: number, included: boolean): Expression {
  const decimal = decimalOf(limit);
  const negatives = sequence(literal("-"), decimal.negative ? magnitude(decimal, "above", included) : anyMagnitude);
  return decimal.negative ? negatives : choice(negatives, magnitude(decimal, "below", included));
}

const anyFraction = choice(empty, sequence(literal("."), repeat(digit, 1)));
const anyMagnitude = sequence(wholePart, anyFraction);

/** Digits without a sign that are above or below a limit's. */
function magnitude({ whole, fraction }: Decimal, side: "above" | "below", included: boolean): Expression {
  const options: Expression[] = [sequence(wholes(whole, side), anyFraction)];
  options.push(sequence(literal(whole), fractions(fraction, side, included)));
  return choice(...options);
}

/** Whole parts that are greater, or less. */
function wholes(limit: string, side: "above" | "below"): Expression {
  const options: Expression[] = [];
  Array.from(limit).forEach((at, index) => {
    const next = beyond(at, side, index === 0 && limit.length > 1);
    if (next === undefined) return;
    options.push(
      sequence(literal(limit.slice(0, index)), next, repeat(digit, limit.length - index - 1, limit.length - index - 1)),
    );
  });
  if (side === "above") {
    if (limit.length < PRECISION) options.push(sequence(positiveDigit, repeat(digit, limit.length, PRECISION - 1)));
  } else if (limit.length > 1) {
    options.push(literal("0"), sequence(positiveDigit, repeat(digit, 0, limit.length - 2)));
  }
  return options.length === 0 ? nothing : choice(...options);
}

/** Fractions that are greater or less, or as great where that is included. */
function fractions(limit: string, side: "above" | "below", included: boolean): Expression {
  const options: Expression[] = [];
  const same = sequence(literal(limit), repeat(literal("0"), 0));
  Array.from(limit).forEach((at, index) => {
    const next = beyond(at, side, false);
    if (next !== undefined) options.push(sequence(literal(limit.slice(0, index)), next, repeat(digit, 0)));
    // What ends here goes on with zeros, and is less.
    if (side === "below" && index > 0) options.push(literal(limit.slice(0, index)));
  });
  if (side === "above")
    options.push(sequence(literal(limit), repeat(literal("0"), 0), positiveDigit, repeat(digit, 0)));
  if (included && limit !== "") options.push(same);
  const ways = options.length === 0 ? [] : [sequence(literal("."), choice(...options))];
  const none = limit === "" ? included : side === "below";
  if (none) ways.push(empty);
  if (included && limit === "") ways.push(sequence(literal("."), repeat(literal("0"), 1)));
  return ways.length === 0 ? nothing : choice(...ways);
}

/** The digits above or below one. */
function beyond(at: string, side: "above" | "below", leads: boolean): Expression | undefined {
  const value = Number(at);
  const [from, to] = side === "above" ? [value + 1, 9] : [leads ? 1 : 0, value - 1];
  return from > to ? undefined : chars([[0x30 + from, 0x30 + to]]);
}

/** Matches nothing at all. */
const nothing: Expression = chars([]);

/** Numbers that a step divides: what is left of the digits so far is all that it has to know. */
function multiplesOf(step: number): Dfa {
  const { whole, fraction } = decimalOf(Math.abs(step));
  const places = fraction.length;
  const size = Number(`${whole}${fraction}`);
  if (places === 0 && whole.length > 1 && whole.endsWith("0")) return multiplesOfTens(whole);
  if (size > MAX_STEP) throw new TooComplexError();
  const states: DfaState[] = [];
  // For each number of places behind the point, and -1 before it, the states of each remainder.
  const at = (place: number, rest: number): number => (place + 1) * size + rest;
  for (let place = -1; place <= places; place++) {
    for (let rest = 0; rest < size; rest++) {
      const scaled = (rest * 10 ** (places - Math.max(0, place))) % size;
      const digits = Array.from({ length: 10 }, (_, value) => ({
        set: [[0x30 + value, 0x30 + value]] as const,
        to: at(place < 0 ? -1 : place + 1, (rest * 10 + value) % size),
      }));
      const zeros = { set: [[0x30, 0x30]] as const, to: at(place, rest) };
      const point = { set: [[0x2e, 0x2e]] as const, to: at(0, rest) };
      const more = place === places ? [zeros] : digits;
      states.push({ accepts: scaled === 0, edges: place < 0 ? [...digits, point] : more });
    }
  }
  return toDfa(sequence(minus, automaton({ states })));
}

/** Multiples of a whole number that ends with zeros: zero, or multiples of what is before them, with them. */
function multiplesOfTens(step: string): Dfa {
  const head = step.replace(/0+$/, "");
  const zeros = literal(step.slice(head.length));
  const whole = toDfa(sequence(minus, repeat(digit, 1)));
  const multiple = sequence(automaton(intersect(whole, multiplesOf(Number(head)))), zeros);
  const fraction = choice(empty, sequence(literal("."), repeat(literal("0"), 1)));
  return toDfa(sequence(choice(literal("0"), multiple), fraction));
}

/** A number's shortest digits. */
function decimalOf(value: number): Decimal {
  const [mantissa = "0", exponent = "0"] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const point = Number(exponent) + 1;
  const padded = point <= 0 ? "0".repeat(1 - point) + digits : digits.padEnd(point, "0");
  const place = Math.max(1, point);
  return {
    negative: value < 0,
    whole: padded.slice(0, place).replace(/^0+(?=\d)/, ""),
    fraction: padded.slice(place).replace(/0+$/, ""),
  };
}
