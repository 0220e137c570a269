import { MullamaError } from "../../../../errors.js";
import { ExitCode } from "../../../exit-code.js";
import { Interruption } from "../../../interruption.js";
import { describeError } from "../../../report-error.js";
import { painterFor } from "../../../terminal/color.js";
import { wrapText } from "../../../terminal/entries.js";
import type { Conversation } from "./conversation.js";
import { HistoryFile } from "./history-file.js";
import { KeyWatch } from "./key-watch.js";
import { LineReader } from "./line-reader.js";
import { AnswerDisplay } from "./show-answer.js";
import { type ChatControl, completeSlash, type Next, runSlashCommand } from "./slash-commands.js";
import type { Talker } from "./talker.js";

interface LoopParts {
  readonly model: string;
  readonly talker: Talker;
  readonly conversation: Conversation;
}

/** Reads what the user says, and shows what the model answers, until the user leaves. */
export class ChatLoop {
  readonly #parts: LoopParts;
  readonly #paint = painterFor(process.stdout);
  readonly #history = new HistoryFile();
  /** What stands on the next line already. */
  #begun = "";

  constructor(parts: LoopParts) {
    this.#parts = parts;
  }

  /** @returns the exit status */
  async run(): Promise<number> {
    const { model, talker } = this.#parts;
    const { stdin: input, stdout: output } = process;
    const tools = talker.tools.length === 0 ? "" : ` It has ${talker.tools.length} tools.`;
    const welcome = `${model} listens.${tools} /help lists what you can do, /bye leaves.`;
    output.write(`${this.#paint(["dim"], wrapped(welcome))}\n`);
    using keys = new KeyWatch(input, output);
    // A request to end restores the terminal, too.
    using interruption = new Interruption();
    const { signal } = interruption;
    const reader = new LineReader({
      input,
      output,
      keys,
      history: this.#history,
      paint: this.#paint,
      complete: completeSlash,
    });
    for (;;) {
      const begun = this.#begun;
      this.#begun = "";
      const typed = await reader.read(begun, signal);
      if (typed.kind === "leave") return interruption.exitCode ?? ExitCode.ok;
      if (typed.text === "") continue;
      const next = typed.kind === "command" ? await this.#command(typed.text) : this.#said(typed.text);
      if (next === "leave") return ExitCode.ok;
      if (next === "answer-again") await this.#answer(keys, signal);
    }
  }

  #said(text: string): Next {
    const { conversation } = this.#parts;
    conversation.messages = [...conversation.messages, { role: "user", content: text }];
    return "answer-again";
  }

  async #command(line: string): Promise<Next> {
    try {
      return await runSlashCommand(this.#control(), line);
    } catch (error) {
      process.stdout.write(`${wrapped(describeError(error).trimEnd())}\n`);
      return "go-on";
    }
  }

  #control(): ChatControl {
    const { model, conversation, talker } = this.#parts;
    return {
      model,
      conversation,
      tools: talker.tools,
      isLocal: talker.isLocal,
      width: width(),
      height: process.stdout.rows ?? 24,
      remembered: async () => (conversation.messages.length === 0 ? undefined : talker.remembered?.()),
      remember: async (state) => {
        // What another model or release remembers is of no use; the conversation is read again then.
        if (state !== undefined) await talker.remember?.(state).catch(() => undefined);
      },
      begin: (text) => {
        this.#begun = text;
      },
      say: (...lines) => void process.stdout.write(lines.map((line) => `${wrapped(line)}\n`).join("")),
      describe: (part) => describeModel(model, part),
      keepHistory: (on) => {
        this.#history.enabled = on;
      },
    };
  }

  /** Answers what was said last. What the user stops stays as far as it came; where nothing came, it was not said. */
  async #answer(keys: KeyWatch, leaving: AbortSignal): Promise<void> {
    const { conversation, talker } = this.#parts;
    const at = conversation.messages.findLastIndex(({ role }) => role === "user");
    const asked = conversation.messages.slice(0, at + 1);
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, leaving]);
    keys.watch(() => stop.abort());
    const { verbose, showThoughts } = conversation;
    const display = new AnswerDisplay(process.stdout, {
      paint: this.#paint,
      verbose,
      showThoughts,
      moreRoom: moreRoom(talker, conversation),
    });
    let text = "";
    try {
      for await (const event of talker.answer(asked, conversation.settings, signal)) {
        display.show(event);
        if (event.type === "text") text += event.text;
        if (event.type === "end") conversation.messages = [...asked, ...event.messages];
      }
      display.end();
    } catch (error) {
      display.end();
      const stopped = signal.aborted || (MullamaError.isInstance(error) && error.code === "ABORTED");
      conversation.messages = text === "" ? asked.slice(0, -1) : [...asked, { role: "assistant", content: text }];
      process.stdout.write(
        stopped ? `${this.#paint(["dim"], "Stopped.")}\n` : `${wrapped(describeError(error).trimEnd())}\n`,
      );
    }
    process.stdout.write("\n");
  }
}

/** What an answer that was cut off needs: what limits it is a count, where one is set, or else the context. */
function moreRoom({ isLocal }: Talker, { settings }: Conversation): string {
  if ("num_predict" in settings.parameters) return "/set parameter num_predict";
  return isLocal ? "mullama run --ctx" : "/set parameter num_ctx";
}

/** The last column stays free. */
function width(): number {
  return (process.stdout.columns ?? 80) - 1;
}

/** A line in as many as it takes. */
function wrapped(text: string): string {
  return wrapText(text, width()).join("\n");
}

async function describeModel(name: string, part: string): Promise<readonly string[]> {
  const [{ readModel }, { overview }, { parts }] = await Promise.all([
    import("../../show/shown-model.js"),
    import("../../show/overview.js"),
    import("../../show/show-command.js"),
  ]);
  const shown = await readModel(name);
  if (part === "" || part === "info") return overview(shown, width());
  const known = Object.entries(parts).find(([key]) => key === part)?.[1];
  if (known !== undefined) return known(shown);
  throw new MullamaError("ARGUMENT_INVALID", `There is nothing called ${part} to show.`, {
    hint: `There are info, messages, ${Object.keys(parts).join(", ")}.`,
  });
}
