import type { ResolvedModel } from "../../../models/index.js";
import type { GenerationEvent } from "./generation.js";
import type { RunOptions } from "./run-options.js";
import { painterFor } from "../../terminal/color.js";
import { FlowingText } from "../../terminal/flowing-text.js";
import { markdownStyle } from "../../terminal/markdown/markdown-style.js";
import { plainStyle } from "../../terminal/plain-style.js";

type Finish = Extract<GenerationEvent, { type: "finish" }>;

/** What is told of the model that answers. */
export type AnsweringModel = Pick<ResolvedModel, "name" | "path" | "source">;

/** Writes an answer to standard output: as it comes, or as one JSON object at its end. */
export class AnswerWriter {
  readonly #model: AnsweringModel;
  readonly #options: RunOptions;
  /** On a terminal, markdown is shown as it is meant. */
  readonly #flow: FlowingText | undefined;
  /** Thoughts, which go to standard error. */
  #thoughts: FlowingText | undefined;
  #thinking = false;
  #reasoning = "";
  #text = "";

  constructor(model: AnsweringModel, options: RunOptions) {
    this.#model = model;
    this.#options = options;
    const shows = process.stdout.isTTY && options.json !== true && options.raw !== true;
    this.#flow = shows ? new FlowingText(process.stdout, markdownStyle(painterFor(process.stdout))) : undefined;
  }

  /** Returns when the text has gone out, so that a slow reader slows the model down. */
  async write(event: GenerationEvent): Promise<void> {
    if (event.type === "thought") return this.#think(event.text);
    if (event.type === "text") {
      this.#endThoughts();
      this.#text += event.text;
      if (this.#flow !== undefined) this.#flow.push(event.text);
      else if (this.#options.json !== true) await send(event.text);
      return;
    }
    this.#endThoughts();
    this.#flow?.end();
    if (this.#options.json === true) await send(`${JSON.stringify(this.#asJson(event))}\n`);
    else if (this.#flow === undefined && !this.#text.endsWith("\n")) await send("\n");
    if (this.#options.verbose === true) process.stderr.write(describeTimings(event));
  }

  #think(text: string): void {
    this.#reasoning += text;
    if (this.#options.json === true || this.#options.hideThinking === true) return;
    this.#thinking = true;
    if (!process.stderr.isTTY) {
      process.stderr.write(text);
      return;
    }
    this.#thoughts ??= new FlowingText(process.stderr, plainStyle(painterFor(process.stderr), "dim"));
    this.#thoughts.push(text);
  }

  /** Leaves an empty line between thoughts and the answer. */
  #endThoughts(): void {
    if (this.#thoughts !== undefined) this.#thoughts.end();
    else if (!this.#thinking) return;
    process.stderr.write(this.#thoughts === undefined ? "\n\n" : "\n");
    this.#thoughts = undefined;
    this.#thinking = false;
  }

  #asJson({ finishReason, usage, timings }: Finish): object {
    const { name, path, source } = this.#model;
    return {
      model: { name, path, source },
      ...(this.#reasoning === "" ? {} : { reasoning: this.#reasoning }),
      text: this.#text,
      finishReason,
      usage: { ...usage, totalTokens: usage.promptTokens + usage.completionTokens },
      timings: {
        loadMs: round(timings.load),
        promptMs: round(timings.prompt),
        completionMs: round(timings.completion),
        promptTokensPerSecond: round(perSecond(usage.promptTokens, timings.prompt)),
        completionTokensPerSecond: round(perSecond(usage.completionTokens, timings.completion)),
      },
    };
  }
}

function send(text: string): Promise<void> {
  return new Promise((resolve) => {
    // A reader that has gone away is told by the stream's error event; there is nobody left to write for.
    process.stdout.write(text, () => resolve());
  });
}

function describeTimings({ usage, timings }: Finish): string {
  const speed = (tokens: number, time: number): string =>
    `${tokens} tokens, ${perSecond(tokens, time).toFixed(1)} per second`;
  return [
    `load    ${Math.round(timings.load)} ms`,
    `prompt  ${speed(usage.promptTokens, timings.prompt)}`,
    `answer  ${speed(usage.completionTokens, timings.completion)}`,
    "",
  ].join("\n");
}

function perSecond(tokens: number, milliseconds: number): number {
  return milliseconds === 0 ? 0 : (tokens / milliseconds) * 1000;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
