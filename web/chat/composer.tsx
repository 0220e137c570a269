import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { settings } from "../data/settings.js";
import { useStore } from "../store.js";
import { IconButton } from "../ui/icon-button.js";
import { answering, say, stop } from "./answering.js";
import { fitHeight } from "./fit-height.js";

/** Where the user writes. */
export function Composer({ id }: { readonly id: string | undefined }): JSX.Element {
  const [text, change] = useState("");
  const area = useRef<HTMLTextAreaElement>(null);
  const busy = useStore(answering).has(id ?? "");
  const { model } = useStore(settings);
  useEffect(() => area.current?.focus(), [id]);
  useEffect(() => fitHeight(area.current), [text]);
  const ready = text.trim() !== "" && model !== "";
  const send = (): void => {
    if (!ready || busy) return;
    say(id, text.trim());
    change("");
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && busy && id !== undefined) stop(id);
    // Enter also ends a word that an input method is composing.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label class="hidden" for="message">
        Message
      </label>
      <textarea
        id="message"
        ref={area}
        rows={1}
        placeholder={model === "" ? "Choose a model first" : "Write a message"}
        aria-describedby="composer-keys"
        value={text}
        onInput={(event) => change(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {busy && id !== undefined ? (
        <IconButton icon="stop" label="Stop" class="send" onClick={() => stop(id)} />
      ) : (
        <IconButton icon="send" label="Send" class="send" disabled={!ready} onClick={send} />
      )}
      <p id="composer-keys" class="keys">
        <kbd>Enter</kbd> sends, <kbd>Shift</kbd>+<kbd>Enter</kbd> begins a line, <kbd>Esc</kbd> stops
      </p>
    </form>
  );
}
