const STEPS: readonly (readonly [seconds: number, unit: string])[] = [
  [31_536_000, "year"],
  [2_592_000, "month"],
  [604_800, "week"],
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
];

/** How long ago something was, in words: `3 hours ago`. */
export function age(since: Date, now: Date = new Date()): string {
  const span = duration((now.getTime() - since.getTime()) / 1000);
  return span === undefined ? "just now" : `${span} ago`;
}

/** How long it is until something: `in 4 minutes`, or `never`. */
export function until(then: Date | undefined, now: Date = new Date()): string {
  if (then === undefined) return "never";
  return `in ${duration((then.getTime() - now.getTime()) / 1000) ?? "moments"}`;
}

function duration(seconds: number): string | undefined {
  for (const [length, unit] of STEPS) {
    const count = Math.round(seconds / length);
    if (count >= 1 && seconds >= length * 0.95) return `${count} ${unit}${count === 1 ? "" : "s"}`;
  }
  return undefined;
}
