import { createInterface } from "node:readline";
import type { Painter } from "../terminal/color.js";
import type { HistoryFile } from "./history-file.js";
import type { KeyWatch } from "./key-watch.js";
import { type Message, MessageLines } from "./message-lines.js";

/** What a user did at the prompt. */
export type Typed = Message | { readonly kind: "leave" };

interface ReaderParts {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly keys: KeyWatch;
  readonly history: HistoryFile;
  readonly paint: Painter;
  readonly complete: (line: string) => readonly string[];
}

const FIRST = ">>> ";
const NEXT = "... ";

/** Reads what a user types: one line, or several that belong together. */
export class LineReader {
  readonly #parts: ReaderParts;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  /** @param begun what stands on the line already */
  read(begun = ""): Promise<Typed> {
    const { input, output, keys, history, paint, complete } = this.#parts;
    const typed = begun + keys.rest();
    return new Promise((resolve) => {
      const lines = new MessageLines();
      let leaving = false;
      const editor = createInterface({
        input,
        output,
        terminal: true,
        prompt: paint(["bold"], FIRST),
        history: [...history.lines],
        historySize: 1000,
        removeHistoryDuplicates: true,
        tabSize: 4,
        completer: (line: string) => [complete(line), line],
      });
      let finished = false;
      const finish = (result: Typed): void => {
        if (finished) return;
        finished = true;
        editor.close();
        // Until the next line is read, the keys are watched; the terminal must not echo them meanwhile.
        keys.watch(() => undefined);
        resolve(result);
      };
      editor.on("line", (line) => {
        leaving = false;
        history.add(line);
        const message = lines.add(line, keys.pasting);
        if (message !== undefined) return finish(message);
        editor.setPrompt(paint(["dim"], NEXT));
        editor.prompt();
      });
      editor.on("SIGINT", () => {
        if (leaving) {
          output.write("\n");
          return finish({ kind: "leave" });
        }
        const idle = editor.line === "" && lines.empty;
        leaving = idle;
        lines.clear();
        output.write(idle ? paint(["dim"], "\nCtrl-C again, or Ctrl-D, to leave.\n") : "\n");
        editor.write(null, { ctrl: true, name: "e" });
        editor.write(null, { ctrl: true, name: "u" });
        editor.setPrompt(paint(["bold"], FIRST));
        editor.prompt();
      });
      editor.on("close", () => {
        if (finished) return;
        output.write("\n");
        finish({ kind: "leave" });
      });
      editor.prompt();
      if (typed !== "") editor.write(typed);
    });
  }
}
