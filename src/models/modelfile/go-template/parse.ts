import { type Piece, readPieces } from "./actions.js";
import { PipelineParser } from "./parse-pipeline.js";
import { type GoTemplate, type Node, type Pipeline, Refusal } from "./syntax.js";
import { textOfToken } from "./tokens.js";

const LONGEST = 1_000_000;
const DEEPEST = 64;

/** @throws {Refusal} for what is no Go template */
export function parseGoTemplate(source: string): GoTemplate {
  if (source.length > LONGEST) throw new Refusal(0, `it is longer than ${LONGEST} characters`);
  const parser = new BlockParser(readPieces(source));
  const { nodes, ended } = parser.list(0);
  if (ended !== undefined) throw new Refusal(ended.at, `{{ ${ended.word} }} ends nothing`);
  return { nodes, defined: parser.defined };
}

/** What a list of nodes ended with. */
interface Ended {
  readonly word: "end" | "else";
  readonly at: number;
  /** What follows `else`. */
  readonly parser: PipelineParser;
}

class BlockParser {
  readonly defined = new Map<string, readonly Node[]>();
  readonly #pieces: readonly Piece[];
  #next = 0;

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
  }

  list(depth: number): { nodes: Node[]; ended: Ended | undefined } {
    const nodes: Node[] = [];
    for (let piece = this.#pieces[this.#next++]; piece !== undefined; piece = this.#pieces[this.#next++]) {
      if (depth > DEEPEST) throw new Refusal(piece.at, "it is nested too deeply");
      if (piece.kind === "text") {
        nodes.push(piece);
        continue;
      }
      const parser = new PipelineParser(piece.tokens, piece.at);
      const word = parser.peek()?.kind === "word" ? parser.peek()?.text : undefined;
      if (word === "end" || word === "else") {
        parser.take();
        if (word === "end") parser.end();
        return { nodes, ended: { word, at: piece.at, parser } };
      }
      const node = this.#action(parser, word, piece.at, depth);
      if (node !== undefined) nodes.push(node);
    }
    return { nodes, ended: undefined };
  }

  #action(parser: PipelineParser, word: string | undefined, at: number, depth: number): Node | undefined {
    switch (word) {
      case "if":
      case "range":
      case "with":
        parser.take();
        return this.#branch(word, parser, at, depth);
      case "define":
      case "block":
      case "template":
        parser.take();
        return this.#named(word, parser, at, depth);
      case "break":
      case "continue":
        parser.take();
        parser.end();
        return { kind: word, at };
      default: {
        const pipeline = whole(parser);
        return { kind: "action", pipeline, at };
      }
    }
  }

  #branch(kind: "if" | "range" | "with", parser: PipelineParser, at: number, depth: number): Node {
    const pipeline = whole(parser);
    const { nodes: body, ended } = this.list(depth + 1);
    if (ended === undefined) throw new Refusal(at, `{{ ${kind} }} is not ended`);
    return { kind, pipeline, body, otherwise: ended.word === "end" ? [] : this.#otherwise(kind, ended, depth), at };
  }

  #otherwise(kind: "if" | "range" | "with", { parser, at }: Ended, depth: number): Node[] {
    const word = parser.peek();
    if (word !== undefined) {
      if (word.text !== kind || kind === "range")
        throw new Refusal(word.at, `${word.text} is not expected behind else`);
      parser.take();
      return [this.#branch(kind, parser, at, depth + 1)];
    }
    const { nodes, ended } = this.list(depth + 1);
    if (ended?.word !== "end") throw new Refusal(at, "{{ else }} is not ended");
    return nodes;
  }

  #named(word: "define" | "block" | "template", parser: PipelineParser, at: number, depth: number): Node | undefined {
    const token = parser.take();
    if (token?.kind !== "text") throw new Refusal(at, `{{ ${word} }} wants a name in quotes`);
    const name = textOfToken(token);
    const pipeline = parser.peek() === undefined ? undefined : whole(parser);
    if (word === "template") return { kind: "template", name, pipeline, at };
    if (word === "define" && depth > 0) throw new Refusal(at, "{{ define }} must not be inside of another block");
    const { nodes, ended } = this.list(depth + 1);
    if (ended?.word !== "end") throw new Refusal(at, `{{ ${word} }} is not ended`);
    this.defined.set(name, nodes);
    return word === "define" ? undefined : { kind: "template", name, pipeline, at };
  }
}

function whole(parser: PipelineParser): Pipeline {
  const pipeline = parser.pipeline();
  parser.end();
  return pipeline;
}
