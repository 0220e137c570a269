/** Reads calls of tools from an answer, also while it is being written, in whatever white space and order of keys. */
import { type CallPart, type CallSyntax } from "./answer-syntax.js";
import { type JsonSpan, scanJson, skipSpace, stringAt } from "./json-scan.js";
import { matchLiteral } from "./literal.js";
import { parseTagged } from "./parse-tagged.js";
import type { ToolDefinition } from "../tools/tool-definition.js";

/** A call as far as it is there. */
export interface ParsedCall {
  /** Known once it is whole. */
  readonly name: string | undefined;
  readonly id: string | undefined;
  /** The JSON of its arguments so far. */
  readonly argumentsText: string;
  /** Whether no more of its arguments will come. */
  readonly argumentsWhole: boolean;
  readonly complete: boolean;
}

export interface ParsedCalls {
  readonly calls: readonly ParsedCall[];
  /** Where the calls have ended; undefined while they may go on. */
  readonly end: number | undefined;
  /** Whether this is no call at all. */
  readonly failed: boolean;
}

/** @param text beginning with the first call */
export function parseCalls(text: string, syntax: CallSyntax, tools: readonly ToolDefinition[]): ParsedCalls {
  return new CallReader(text, syntax, tools).read();
}

class CallReader {
  readonly #text: string;
  readonly #syntax: CallSyntax;
  readonly #tools: readonly ToolDefinition[];
  readonly #parts: readonly CallPart[];
  readonly #calls: ParsedCall[] = [];

  constructor(text: string, syntax: CallSyntax, tools: readonly ToolDefinition[]) {
    this.#text = text;
    this.#syntax = syntax;
    this.#tools = tools;
    this.#parts = syntax.object === undefined ? syntax.call : objectParts(syntax.call);
  }

  read(): ParsedCalls {
    const { open, close, separator } = this.#syntax;
    let at = matchLiteral(this.#text, 0, open);
    for (;;) {
      if (at === "partial") return this.#open();
      if (at === undefined) return { calls: this.#calls, end: undefined, failed: this.#calls.length === 0 };
      const call = this.#call(at);
      if (call === "failed") return this.#ended(at);
      if (call === "open") return this.#open();
      const closed = close.trim() === "" ? undefined : matchLiteral(this.#text, call, close);
      if (typeof closed === "number") return this.#ended(closed);
      if (closed === "partial") return this.#open();
      if (separator === undefined) return this.#ended(call);
      const next = matchLiteral(this.#text, call, separator);
      if (next === undefined) return this.#ended(call);
      if (next !== "partial" && !this.#begins(next)) return this.#ended(call);
      at = next;
    }
  }

  /** Whether another call may begin here. */
  #begins(at: number): boolean {
    const [first] = this.#parts;
    return first === undefined || !("text" in first) || matchLiteral(this.#text, at, first.text) !== undefined;
  }

  #open(): ParsedCalls {
    return { calls: this.#calls, end: undefined, failed: false };
  }

  #ended(end: number): ParsedCalls {
    return { calls: this.#calls, end, failed: this.#calls.length === 0 };
  }

  /** Reads one call. @returns where it ended */
  #call(start: number): number | "open" | "failed" {
    let at = start;
    let name: string | undefined;
    let id: string | undefined;
    let argumentsText = "";
    let argumentsWhole = false;
    const leave = (complete: boolean): void => {
      if (name !== undefined) this.#calls.push({ name, id, argumentsText, argumentsWhole, complete });
    };
    for (const part of this.#parts) {
      if ("text" in part) {
        const next = matchLiteral(this.#text, at, part.text);
        if (next === undefined && name === undefined) return "failed";
        if (typeof next !== "number") {
          leave(next === undefined);
          return next === undefined ? at : "open";
        }
        at = next;
      } else if (part.hole === "arguments") {
        const given = this.#arguments(at, name);
        if (given === undefined) return "failed";
        ({ name, id } = { name: given.name ?? name, id: given.id ?? id });
        argumentsText = given.text;
        argumentsWhole = given.complete;
        if (!given.complete) {
          leave(false);
          return "open";
        }
        at = given.end;
      } else {
        at = skipSpace(this.#text, at);
        const [word = ""] = (part.hole === "counter" ? /^\d+/ : /^[\w.-]+/).exec(this.#text.slice(at)) ?? [];
        if (at + word.length >= this.#text.length) {
          leave(false);
          return "open";
        }
        if (word === "") return "failed";
        if (part.hole === "name") name = word;
        if (part.hole === "id") id = word;
        at += word.length;
      }
    }
    leave(true);
    return at;
  }

  #arguments(
    at: number,
    name: string | undefined,
  ): { text: string; end: number; complete: boolean; name?: string | undefined; id?: string | undefined } | undefined {
    const { arguments: form, object } = this.#syntax;
    if (form.kind === "tagged") {
      return parseTagged(
        this.#text,
        at,
        form,
        this.#tools.find((tool) => tool.name === name),
      );
    }
    const span = scanJson(this.#text, at);
    if (span === undefined) {
      const nothing = skipSpace(this.#text, at) >= this.#text.length;
      return nothing ? { text: "", end: at, complete: false } : undefined;
    }
    if (object === undefined) return { text: this.#slice(span), end: span.end, complete: span.complete };
    const member = (key: string | undefined): JsonSpan | undefined =>
      span.members.find((one) => one.key === key)?.value;
    const [named, given, numbered] = [member(object.name), member(object.arguments), member(object.id)];
    const whole = (part: JsonSpan | undefined): string | undefined =>
      part?.complete === true ? stringAt(this.#text, part) : undefined;
    if (span.complete && named === undefined) return undefined;
    return {
      text: given === undefined ? (span.complete ? "{}" : "") : this.#slice(given),
      end: span.end,
      complete: span.complete,
      name: whole(named),
      id: whole(numbered),
    };
  }

  #slice({ start, end }: JsonSpan): string {
    return this.#text.slice(start, end);
  }
}

/** The parts of a call that is an object, with the object as a whole in the place of its arguments. */
function objectParts(call: readonly CallPart[]): CallPart[] {
  const [first] = call;
  const last = call.at(-1);
  const before = first !== undefined && "text" in first ? first.text : "";
  const after = last !== undefined && "text" in last ? last.text : "";
  return [
    { text: before.slice(0, Math.max(0, before.lastIndexOf("{"))) },
    { hole: "arguments" },
    { text: after.slice(after.indexOf("}") + 1) },
  ];
}
