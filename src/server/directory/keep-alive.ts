import { ArgumentError } from "../../errors.js";

const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Reads how long a model stays loaded: a number of seconds, or a duration such as `5m`, `1h30m` or `-1`.
 *
 * @returns milliseconds; 0 is not at all, Infinity for ever, as is every negative duration
 */
export function parseKeepAlive(value: number | string, name = "keep_alive"): number {
  const text = String(value).trim();
  const seconds = Number(text);
  const ms = text !== "" && !Number.isNaN(seconds) ? seconds * 1000 : parseDuration(text);
  if (ms === undefined)
    throw new ArgumentError(name, 'seconds, or a duration such as "5m" or "1h30m"; -1 for ever', value);
  return ms < 0 ? Infinity : ms;
}

function parseDuration(text: string): number | undefined {
  const [, sign, parts] = /^([+-]?)((?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+)$/.exec(text) ?? [];
  if (parts === undefined) return undefined;
  const sum = [...parts.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)].reduce(
    (total, [, amount, unit]) => total + Number(amount) * (units[unit ?? ""] ?? 0),
    0,
  );
  return sign === "-" ? -sum : sum;
}
