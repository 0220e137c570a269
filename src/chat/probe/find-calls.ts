/** Finds the form in which a template writes calls of tools, by looking at calls that were made up. */
import { isDeepStrictEqual } from "node:util";
import type { ArgumentsSyntax, CallPart, CallSyntax } from "../answer/answer-syntax.js";
import { type JsonSpan, scanJson, stringAt, valueAt } from "../answer/json-scan.js";
import type { ToolCall } from "../message.js";
import type { ChatTemplate } from "../template.js";
import { afterUser, calling, probeArguments, probeCalls, probeTools, said, tryRender, user } from "./probe.js";
import { findTaggedArguments } from "./tagged-arguments.js";
import { commonEnd, commonEndCounting, commonStart, COUNTER } from "./text-cut.js";

const NAME = "\uE000";
const ID = "\uE002";

/**
 * The form of calls; undefined where the template does not write them.
 *
 * @param ends names of the tokens that end an answer
 */
export function findCalls(template: ChatTemplate, ends: readonly string[]): CallSyntax | undefined {
  const content = tryRender(template, [user, said], { tools: probeTools });
  const write = (calls: readonly ToolCall[]): string | undefined => {
    const text = tryRender(template, [user, calling(calls)], { tools: probeTools });
    if (content === undefined || text === undefined) return undefined;
    const [before, called] = [afterUser(content), afterUser(text)];
    const body = called.slice(commonStart(before, called).length);
    return body.slice(0, body.length - commonEnd(before, body).length);
  };
  const [first, second] = probeCalls;
  const one = write([first]);
  if (one === undefined || !one.includes(first.name)) return undefined;
  const two = write([first, second]);
  const both = two !== undefined && two.includes(first.name) && two.includes(second.name) ? two : undefined;
  const found = findArguments(one, first, (call) => write([call]));
  if (found === undefined) return undefined;
  const hole = (text: string): string => {
    let rest = text;
    for (const { name, id } of probeCalls) rest = rest.replaceAll(name, NAME).replaceAll(id, ID);
    return rest;
  };
  const single = cutArguments(one, found.spans(one));
  const pair = both === undefined ? undefined : cutArguments(both, found.spans(both));
  const [head = "", tail = ""] = single.map(hole);
  const form =
    pair?.length === 3 ? apart(head, tail, hole(pair[1] ?? "")) : { open: "", before: head, after: tail, close: "" };
  const close = withoutEnds(form.close, ends);
  const after = form.close === "" ? withoutEnds(form.after, ends) : form.after;
  return {
    open: form.open,
    separator: "separator" in form ? form.separator : undefined,
    close,
    call: [...partsOf(form.before), { hole: "arguments" }, ...partsOf(after)],
    arguments: found.syntax,
    object: found.syntax.kind === "json" ? objectKeys(one) : undefined,
  };
}

interface FoundArguments {
  readonly syntax: ArgumentsSyntax;
  /** Where the arguments of each call stand. */
  spans(text: string): readonly { readonly start: number; readonly end: number }[];
}

function findArguments(
  one: string,
  call: ToolCall,
  write: (call: ToolCall) => string | undefined,
): FoundArguments | undefined {
  const json = argumentSpans(one);
  if (json.length === 1) return { syntax: { kind: "json" }, spans: argumentSpans };
  return findTaggedArguments(one, call, write);
}

/** Where JSON of the made-up arguments stands. */
function argumentSpans(text: string): JsonSpan[] {
  const spans: JsonSpan[] = [];
  for (let at = text.indexOf("{"); at >= 0; at = text.indexOf("{", at + 1)) {
    const span = scanJson(text, at);
    if (span?.complete !== true || !isDeepStrictEqual(valueAt(text, span), probeArguments)) continue;
    spans.push(span);
    at = span.end - 1;
  }
  return spans;
}

/** What stands around the arguments of each call. */
function cutArguments(text: string, spans: readonly { readonly start: number; readonly end: number }[]): string[] {
  const starts = [0, ...spans.map(({ end }) => end)];
  return starts.map((from, index) => text.slice(from, spans[index]?.start));
}

/** Tells what belongs to each call from what belongs to all of them, by what stands between the arguments of two. */
function apart(
  head: string,
  tail: string,
  middle: string,
): { open: string; before: string; after: string; separator: string; close: string } {
  const { shared, length } = commonEndCounting(middle, head);
  const headLength = commonEndCounting(head, middle).length;
  const between = middle.slice(0, middle.length - length);
  const after = commonStart(between, tail);
  return {
    open: head.slice(0, head.length - headLength),
    before: shared,
    after,
    separator: between.slice(after.length),
    close: tail.slice(after.length),
  };
}

/** A model ends its answer with a token, which is not part of its text. */
function withoutEnds(text: string, ends: readonly string[]): string {
  const found = ends.filter((name) => name !== "").map((name) => text.indexOf(name));
  const first = Math.min(...found.filter((at) => at >= 0));
  return first === Infinity ? text : text.slice(0, first);
}

function partsOf(text: string): CallPart[] {
  const holes: Readonly<Record<string, CallPart>> = {
    [NAME]: { hole: "name" },
    [ID]: { hole: "id" },
    [COUNTER]: { hole: "counter" },
  };
  return text
    .split(/([\uE000\uE002\uE003])/)
    .filter((part) => part !== "")
    .map((part) => holes[part] ?? { text: part });
}

/** The keys of a call that is a JSON object. */
function objectKeys(text: string): CallSyntax["object"] {
  const [call] = probeCalls;
  for (let at = text.lastIndexOf("{", text.indexOf(call.name)); at >= 0; at = text.lastIndexOf("{", at - 1)) {
    const span = scanJson(text, at);
    const key = (holds: (value: JsonSpan) => boolean): string | undefined =>
      span?.members.find(({ value }) => holds(value))?.key;
    const name = key((value) => stringAt(text, value) === call.name);
    const given = key((value) => isDeepStrictEqual(valueAt(text, value), probeArguments));
    const id = key((value) => stringAt(text, value) === call.id);
    if (name !== undefined && given !== undefined)
      return { name, arguments: given, ...(id === undefined ? {} : { id }) };
    if (at === 0) break;
  }
  return undefined;
}
