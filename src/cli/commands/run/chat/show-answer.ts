import type { Painter } from "../../../terminal/color.js";
import { FlowingText } from "../../../terminal/flowing-text.js";
import { LiveLines } from "../../../terminal/live-lines.js";
import { markdownStyle } from "../../../terminal/markdown/markdown-style.js";
import { plainStyle } from "../../../terminal/plain-style.js";
import { printable } from "../../../terminal/printable.js";
import type { TalkEvent } from "./talker.js";

interface ShowOptions {
  readonly paint: Painter;
  readonly verbose: boolean;
  readonly showThoughts: boolean;
  /** What gives the model more room. */
  readonly moreRoom: string;
}

/** Shows an answer as it comes: thoughts dim and apart, tools in a line each, the rest as markdown. */
export class AnswerDisplay {
  readonly #screen: NodeJS.WriteStream;
  readonly #options: ShowOptions;
  readonly #wait: LiveLines;
  #flow: { readonly kind: "text" | "thought"; readonly text: FlowingText } | undefined;
  #shown = false;

  constructor(screen: NodeJS.WriteStream, options: ShowOptions) {
    this.#screen = screen;
    this.#options = options;
    this.#wait = new LiveLines(screen);
    this.#wait.show([options.paint(["dim"], "…")]);
  }

  show(event: TalkEvent): void {
    switch (event.type) {
      case "text":
        return this.#push("text", event.text);
      case "thought":
        return this.#options.showThoughts ? this.#push("thought", event.text) : undefined;
      case "tool":
        return this.#line(`▸ ${event.name}(${brief(JSON.stringify(event.given))}) → ${brief(event.answer)}`);
      case "end":
        return this.#notes(event);
    }
  }

  /** Nothing more will come; the cursor is at the beginning of a line then. */
  end(): void {
    this.#wait.clear();
    this.#flow?.text.end();
    this.#flow = undefined;
  }

  #push(kind: "text" | "thought", text: string): void {
    this.#wait.clear();
    if (this.#flow?.kind !== kind) {
      this.#flow?.text.end();
      if (this.#shown) this.#screen.write("\n");
      const { paint } = this.#options;
      const style = kind === "text" ? markdownStyle(paint) : plainStyle(paint, "dim");
      this.#flow = { kind, text: new FlowingText(this.#screen, style) };
      this.#shown = true;
    }
    this.#flow.text.push(text);
  }

  #line(text: string): void {
    this.end();
    const width = (this.#screen.columns ?? 80) - 1;
    const line = printable(text).replaceAll("\n", " ");
    this.#screen.write(
      `${this.#options.paint(["dim"], line.length > width ? `${line.slice(0, width - 1)}…` : line)}\n`,
    );
    this.#shown = true;
  }

  #notes(end: Extract<TalkEvent, { type: "end" }>): void {
    this.end();
    if (end.length) this.#line(`The answer was cut off at its limit. More room: ${this.#options.moreRoom}`);
    if (end.dropped > 0) this.#line(`The model was not shown the oldest ${end.dropped} messages: there was no room.`);
    if (!this.#options.verbose) return;
    const speed = (tokens: number, ms: number): string => (ms === 0 ? "" : `, ${((tokens / ms) * 1000).toFixed(1)}/s`);
    const known = end.cachedTokens === 0 ? "" : `, ${end.cachedTokens} of them known`;
    this.#line(
      `prompt ${end.promptTokens} tokens${known}${speed(end.promptTokens - end.cachedTokens, end.promptTime)}; answer ${end.completionTokens} tokens${speed(end.completionTokens, end.completionTime)}`,
    );
  }
}

function brief(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
