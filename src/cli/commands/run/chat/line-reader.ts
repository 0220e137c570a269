import { createInterface, type Interface } from "node:readline";
import type { Painter } from "../../../terminal/color.js";
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

  /** @param begun what stands on the line already, or on several @param signal has the user leave */
  read(begun: string, signal: AbortSignal): Promise<Typed> {
    const { input, output, keys, history, paint, complete } = this.#parts;
    // Lines that were typed before there was anyone to read them; undefined when the message is whole.
    let ahead: string | undefined = keys.rest();
    return new Promise((resolve) => {
      const lines = new MessageLines();
      let leaving = false;
      const editor = createInterface({
        input,
        output,
        terminal: true,
        prompt: paint(["bold"], FIRST),
        // Where several lines are changed, the arrow up would lose them.
        history: begun.includes("\n") ? [] : [...history.lines],
        historySize: 1000,
        removeHistoryDuplicates: true,
        tabSize: 4,
        completer: (line: string) => [complete(line), line],
      });
      const finish = (result: Typed): void => {
        if (ahead === undefined) return;
        const rest = ahead;
        ahead = undefined;
        signal.removeEventListener("abort", leave);
        closeRaw(editor, input);
        // Until the next line is read, the keys are watched.
        keys.keep(rest);
        keys.watch(() => undefined);
        resolve(result);
      };
      const leave = (): void => {
        output.write("\n");
        finish({ kind: "leave" });
      };
      signal.addEventListener("abort", leave);
      // A tab that was pasted is one, and asks for nothing.
      Object.defineProperty(editor, "isCompletionEnabled", { get: () => !keys.pasting });
      editor.on("line", (line) => {
        leaving = false;
        if (!keys.pasting) for (const one of line.split("\n")) history.add(one);
        const message = lines.add(line, keys.pasting);
        if (message !== undefined) return finish(message);
        editor.setPrompt(paint(["dim"], NEXT));
        editor.prompt();
      });
      editor.on("SIGINT", () => {
        if (leaving) return leave();
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
        if (ahead !== undefined) leave();
      });
      putOnLine(editor, begun, output);
      while (ahead !== undefined && ahead !== "") {
        const end = ahead.indexOf("\n") + 1 || ahead.length;
        const line = ahead.slice(0, end);
        ahead = ahead.slice(end);
        editor.write(line);
      }
      if (signal.aborted) leave();
    });
  }
}

/** Begins to edit a text, whose newlines `write` would take for the return key. */
function putOnLine(editor: Interface, text: string, output: NodeJS.WriteStream): void {
  Object.assign(editor, { line: text, cursor: text.length });
  editor.prompt(true);
  // A terminal that knows no cursor is shown the prompt alone.
  if (process.env["TERM"] === "dumb") output.write(text);
}

/** Closes an editor without a moment in which the terminal itself echoes keys, and gives them out in lines. */
function closeRaw(editor: Interface, input: NodeJS.ReadStream): void {
  input.setRawMode = () => input;
  editor.close();
  delete (input as Partial<NodeJS.ReadStream>).setRawMode;
}
