import { type Expression, type Pipeline, Refusal } from "./syntax.js";
import { textOfToken, type Token } from "./tokens.js";

const DEEPEST = 64;

/** Reads an action's tokens one after another. */
export class PipelineParser {
  readonly #tokens: readonly Token[];
  readonly #at: number;
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], at: number) {
    this.#tokens = tokens;
    this.#at = at;
  }

  get at(): number {
    return this.#tokens[this.#next]?.at ?? this.#at;
  }

  /** The next token behind spaces, which stays. */
  peek(): Token | undefined {
    while (this.#tokens[this.#next]?.kind === "space") this.#next++;
    return this.#tokens[this.#next];
  }

  take(): Token | undefined {
    const token = this.peek();
    if (token !== undefined) this.#next++;
    return token;
  }

  accept(text: string): boolean {
    if (this.peek()?.text !== text) return false;
    this.#next++;
    return true;
  }

  end(): void {
    const rest = this.peek();
    if (rest !== undefined) throw new Refusal(rest.at, `${rest.text} is not expected here`);
  }

  pipeline(): Pipeline {
    const { at } = this;
    if (++this.#depth > DEEPEST) throw new Refusal(at, "it is nested too deeply");
    const { variables, declares } = this.#variables();
    const commands = [this.#command()];
    while (this.accept("|")) commands.push(this.#command());
    this.#depth--;
    return { variables, declares, commands, at };
  }

  #variables(): { variables: string[]; declares: boolean } {
    const start = this.#next;
    const variables: string[] = [];
    while (this.peek()?.kind === "variable") {
      variables.push(this.take()?.text ?? "");
      if (variables.length < 2 && this.accept(",")) continue;
      if (this.accept(":=")) return { variables, declares: true };
      if (this.accept("=")) return { variables, declares: false };
      break;
    }
    this.#next = start;
    return { variables: [], declares: false };
  }

  #command(): Expression[] {
    const args: Expression[] = [];
    for (let token = this.peek(); token !== undefined && token.text !== "|" && token.text !== ")"; token = this.peek())
      args.push(this.#operand());
    if (args.length === 0) throw new Refusal(this.at, "a value is missing");
    return args;
  }

  #operand(): Expression {
    const token = this.take();
    if (token === undefined) throw new Refusal(this.#at, "a value is missing");
    const { kind, text, at } = token;
    switch (kind) {
      case "field":
        return { kind: "field", path: [text.slice(1), ...this.#path()], at };
      case "variable":
        return { kind: "variable", name: text, path: this.#path(), at };
      case "text":
        return { kind: "text", value: textOfToken(token), at };
      case "integer":
        return { kind: "integer", value: Number(text), at };
      case "word":
        if (text === "true" || text === "false") return { kind: "boolean", value: text === "true", at };
        return text === "nil" ? { kind: "nil", at } : { kind: "function", name: text, at };
      case "mark":
      case "space":
    }
    if (text === ".") return { kind: "field", path: [], at };
    if (text !== "(") throw new Refusal(at, `${text} is not expected here`);
    const pipeline = this.pipeline();
    if (!this.accept(")")) throw new Refusal(at, "the parenthesis is not closed");
    return { kind: "group", pipeline, path: this.#path(), at };
  }

  /** The fields right behind a value. */
  #path(): string[] {
    const path: string[] = [];
    for (let token = this.#tokens[this.#next]; token?.kind === "field"; token = this.#tokens[++this.#next])
      path.push(token.text.slice(1));
    return path;
  }
}
