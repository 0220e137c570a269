/** JSON that nobody writes who means well, as texts: some of it cannot be written from values. */
export const hostileJson: readonly string[] = [
  "",
  "null",
  "0",
  "[]",
  '""',
  "{",
  "{}",
  '{"__proto__":{"model":"tiny"}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"model":"tiny","model":5}',
  `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`,
  "[".repeat(200_000),
  '{"model":"\\ud800"}',
  '{"model":"a\\u0000b"}',
  '{"model":1e999}',
  `{"model":${"9".repeat(400)}}`,
  `{"model":"${"x".repeat(1_000_000)}"}`,
];

const names = [
  "../../etc/passwd",
  "/etc/passwd",
  "..%2f..%2fetc",
  "file:///etc/passwd",
  "\u0000",
  "__proto__",
  "hf:../..:x.gguf",
];

/** What may stand where something else is wanted. */
export const hostileValues: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  1e308,
  -1e308,
  Number.MAX_SAFE_INTEGER,
  "",
  "x",
  "\ud800",
  "a\u0000b",
  "%s%n{{ 1 }}",
  "x".repeat(20_000),
  [],
  {},
  [[[[]]]],
  [null],
  { __proto__: null, constructor: 1, toString: 1 },
  JSON.parse('{"__proto__":{"a":1}}'),
  ...names,
];

/** Bytes that are no text. */
export const brokenUtf8: readonly Uint8Array[] = [
  Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d),
  Uint8Array.of(0xed, 0xa0, 0x80),
  Uint8Array.of(0xc0, 0xaf),
  Uint8Array.of(0),
];
