/** Forms of calls for models whose templates offer tools without showing what a call looks like. */
import { type CallPart, type CallSyntax, sameForAll } from "./answer-syntax.js";

const object: readonly CallPart[] = [
  { text: '{"name": "' },
  { hole: "name" },
  { text: '", "arguments": ' },
  { hole: "arguments" },
  { text: "}" },
];
const keys = { name: "name", arguments: "arguments" };

/** As Hermes and Qwen write them, and as models are asked to whose templates know nothing of tools. */
export const hermesCalls: CallSyntax = {
  open: "",
  separator: "\n",
  close: "",
  call: [
    { text: '<tool_call>\n{"name": "' },
    { hole: "name" },
    { text: '", "arguments": ' },
    { hole: "arguments" },
    { text: "}\n</tool_call>" },
  ],
  arguments: { kind: "json" },
  object: keys,
};

/** A list behind one mark, as Granite 3 and Phi 4 mini write it. */
const listedCalls: CallSyntax = {
  open: "<|tool_call|>[",
  separator: ", ",
  close: "]",
  call: object,
  arguments: { kind: "json" },
  object: keys,
};

/** Python calls, as LFM 2 writes them. */
const pythonCalls: CallSyntax = {
  open: "<|tool_call_start|>[",
  separator: ", ",
  close: "]<|tool_call_end|>",
  call: [{ hole: "name" }, { text: "(" }, { hole: "arguments" }, { text: ")" }],
  arguments: {
    kind: "tagged",
    separator: ", ",
    beforeKey: "",
    beforeValue: sameForAll("="),
    afterValue: "",
    values: "python",
  },
};

/** The form that a template's own words hint at. */
export function knownCalls(source: string): CallSyntax {
  if (/<\|tool_(call|list)_start\|>|List of tools: \[/.test(source)) return pythonCalls;
  if (source.includes("<|tool_call|>")) return listedCalls;
  return hermesCalls;
}
