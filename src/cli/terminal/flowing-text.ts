import { LiveLines, type Screen } from "./live-lines.js";

/** A screen that may tell of another size. */
interface ResizableScreen extends Screen {
  on?(event: "resize", hear: () => void): unknown;
  off?(event: "resize", hear: () => void): unknown;
}

/** How a text is shown while it grows. */
export interface TextStyle {
  /** Cuts it into blocks; only the last one can still change. Put together, they are the text. */
  split(text: string): readonly string[];
  /** A block's lines, none wider than `width`. @param open whether more of it may come */
  render(block: string, width: number, open: boolean): readonly string[];
}

/** Shows a text as it comes: whole blocks once, and the one that is growing again and again. */
export class FlowingText {
  readonly #screen: ResizableScreen;
  readonly #style: TextStyle;
  readonly #lines: LiveLines;
  #width: number;
  #text = "";
  #blocks = 0;

  constructor(screen: ResizableScreen, style: TextStyle) {
    this.#screen = screen;
    this.#style = style;
    this.#lines = new LiveLines(screen);
    this.#width = widthOf(screen);
    screen.on?.("resize", this.#onResize);
  }

  push(text: string): void {
    this.#text += text;
    const blocks = this.#style.split(this.#text);
    for (const block of blocks.slice(0, -1)) this.#finish(block);
    this.#text = blocks.at(-1) ?? "";
    this.#show(this.#text, true);
  }

  /** Nothing more will come. The cursor is at the beginning of a line then. */
  end(): void {
    const blocks = this.#style.split(this.#text);
    for (const block of blocks) this.#finish(block);
    this.#text = "";
    this.#screen.off?.("resize", this.#onResize);
  }

  readonly #onResize = (): void => {
    if (this.#width === widthOf(this.#screen)) return;
    this.#width = widthOf(this.#screen);
    if (!this.#lines.empty) this.#lines.relay(this.#style.render(this.#text, this.#width, true));
  };

  #finish(block: string): void {
    this.#show(block, false);
    if (this.#lines.empty) return;
    this.#lines.end();
    this.#blocks++;
  }

  #show(block: string, open: boolean): void {
    const lines = this.#style.render(block, this.#width, open);
    if (lines.length === 0) return;
    if (this.#lines.empty && this.#blocks > 0) this.#screen.write("\n");
    this.#lines.show(lines);
  }
}

/** The last column stays free: some terminals wrap as soon as it is written. */
function widthOf({ columns = 80 }: Screen): number {
  return Math.max(10, columns - 1);
}
