import assert from "node:assert/strict";

/** The greatest absolute difference of two lists of numbers. */
export function difference(one: Iterable<number>, other: Iterable<number>): number {
  const [a, b] = [[...one], [...other]];
  assert.equal(a.length, b.length);
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] ?? NaN))), 0);
}

/** Asserts that two lists of numbers differ by no more than `tolerance` anywhere. */
export function assertClose(one: Iterable<number>, other: Iterable<number>, tolerance: number): void {
  const found = difference(one, other);
  assert.ok(found <= tolerance, `they differ by ${found}, more than ${tolerance}`);
}

/** Asserts that two lists of numbers differ by more than `tolerance` somewhere. */
export function assertApart(one: Iterable<number>, other: Iterable<number>, tolerance = 1e-2): void {
  const found = difference(one, other);
  assert.ok(found > tolerance, `they differ by ${found} only`);
}
