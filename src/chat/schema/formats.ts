/**
 * What a string of a format may be, as regular expressions. Each is at most as wide as the format: some forms that nobody
 * writes are left out, so that every validator takes what is made.
 */

const monthDay = String.raw`(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))`;
const leapYear = String.raw`(?:\d{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)`;
const date = String.raw`(?:\d{4}-${monthDay}|${leapYear}-02-29)`;
const clock = String.raw`(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?`;
const offset = String.raw`(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d)`;
const byte = String.raw`(?:25[0-5]|2[0-4]\d|1\d{2}|[1-9]?\d)`;
const ipv4 = String.raw`(?:${byte}\.){3}${byte}`;
const group = "[0-9a-fA-F]{1,4}";
const ipv6 = [
  `(?:${group}:){7}${group}`,
  ...Array.from({ length: 7 }, (_, before) => {
    const head = before === 0 ? ":" : `(?:${group}:){${before}}`;
    const after = 6 - before;
    return after === 0 ? `${head}:${group}` : `${head}:(?:${group}(?::${group}){0,${after}})?`;
  }),
].join("|");
const label = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
const hostname = String.raw`${label}(?:\.${label}){0,3}`;
const uriChar = String.raw`[A-Za-z0-9._~!$&'()*+,;=:@-]`;
const uriTail = String.raw`(?:/${uriChar}*)*(?:\?${uriChar}*)?(?:#${uriChar}*)?`;
const uri = String.raw`[a-z][a-z0-9+.-]{1,19}://${hostname}(?::[1-9]\d{0,3})?${uriTail}`;
const atom = "[A-Za-z0-9_+-]{1,32}";
const time = String.raw`T(?:\d{1,4}H(?:\d{1,4}M)?(?:\d{1,4}S)?|\d{1,4}M(?:\d{1,4}S)?|\d{1,4}S)`;
const days = String.raw`(?:\d{1,4}Y(?:\d{1,4}M)?(?:\d{1,4}D)?|\d{1,4}M(?:\d{1,4}D)?|\d{1,4}D)`;
const base64 = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?";

const patterns: Readonly<Record<string, string>> = {
  date,
  time: `${clock}${offset}`,
  "date-time": `${date}T${clock}${offset}`,
  "iso-date-time": `${date}T${clock}${offset}`,
  "iso-time": `${clock}${offset}`,
  duration: `P(?:${days}(?:${time})?|${time}|\\d{1,4}W)`,
  uuid: "[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
  email: String.raw`${atom}(?:\.${atom}){0,2}@${label}(?:\.${label}){0,2}\.[a-z]{2,6}`,
  ipv4,
  ipv6,
  hostname,
  uri,
  url: String.raw`https?://${label}(?:\.${label}){0,2}\.[a-z]{2,6}(?::[1-9]\d{0,3})?${uriTail}`,
  "uri-reference": `(?:${uri}|${uriTail})`,
  "json-pointer": String.raw`(?:/(?:[^~/]|~[01])*)*`,
  regex: "[a-zA-Z0-9 _-]*",
  byte: base64,
  base64,
};

/** Formats of numbers, and their bounds where they have some. */
export const numberFormats: Readonly<Record<string, { readonly minimum?: number; readonly maximum?: number }>> = {
  int32: { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
  uint32: { minimum: 0, maximum: 2 ** 32 - 1 },
  int64: {},
  float: {},
  double: {},
};

/** Formats that say how a string is to be shown or used, and not what it is. */
export const openFormats: ReadonlySet<string> = new Set([
  "password",
  "textarea",
  "multiline",
  "markdown",
  "binary",
  "text",
]);

/** The formats that are known. */
export const stringFormats: readonly string[] = Object.keys(patterns);

/** A format's pattern, with anchors. */
export function formatPattern(format: string): string | undefined {
  const pattern = Object.hasOwn(patterns, format) ? patterns[format] : undefined;
  return pattern === undefined ? undefined : `^(?:${pattern})$`;
}
