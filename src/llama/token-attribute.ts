import { llama_token_attr } from "../native/index.js";

/** What a vocabulary says about a token. */
export type TokenAttribute =
  | "unknown"
  | "unused"
  | "normal"
  | "control"
  | "userDefined"
  | "byte"
  | "normalized"
  | "leftStrip"
  | "rightStrip"
  | "singleWord";

const bits: readonly (readonly [TokenAttribute, number])[] = [
  ["unknown", llama_token_attr.LLAMA_TOKEN_ATTR_UNKNOWN],
  ["unused", llama_token_attr.LLAMA_TOKEN_ATTR_UNUSED],
  ["normal", llama_token_attr.LLAMA_TOKEN_ATTR_NORMAL],
  ["control", llama_token_attr.LLAMA_TOKEN_ATTR_CONTROL],
  ["userDefined", llama_token_attr.LLAMA_TOKEN_ATTR_USER_DEFINED],
  ["byte", llama_token_attr.LLAMA_TOKEN_ATTR_BYTE],
  ["normalized", llama_token_attr.LLAMA_TOKEN_ATTR_NORMALIZED],
  ["leftStrip", llama_token_attr.LLAMA_TOKEN_ATTR_LSTRIP],
  ["rightStrip", llama_token_attr.LLAMA_TOKEN_ATTR_RSTRIP],
  ["singleWord", llama_token_attr.LLAMA_TOKEN_ATTR_SINGLE_WORD],
];

/** The attributes in a set of C's bits; none means that the model file leaves the token undefined. */
export function tokenAttributes(value: number): ReadonlySet<TokenAttribute> {
  return new Set(bits.filter(([, bit]) => (value & bit) !== 0).map(([name]) => name));
}
