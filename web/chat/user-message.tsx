import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { UserTurn } from "../data/conversation.js";
import { copyText } from "../markdown/copy-text.js";
import { IconButton } from "../ui/icon-button.js";
import { sayInstead } from "./answering.js";
import { fitHeight } from "./fit-height.js";

interface UserMessageProps {
  readonly conversation: string;
  readonly turn: UserTurn;
  readonly busy: boolean;
}

/** What the user said, and the way to say something else. */
export function UserMessage({ conversation, turn, busy }: UserMessageProps): JSX.Element {
  const [editing, edit] = useState(false);
  return (
    <article class="turn user" aria-label="You">
      <p class="who">you</p>
      <div class="said">
        {editing ? (
          <EditForm
            text={turn.text}
            onCancel={() => edit(false)}
            onDone={(text) => {
              edit(false);
              sayInstead(conversation, turn.id, text);
            }}
          />
        ) : (
          <>
            <p class="user-text">{turn.text}</p>
            <div class="tools">
              <IconButton icon="copy" label="Copy message" onClick={() => void copyText(turn.text)} />
              <IconButton icon="pencil" label="Edit message" disabled={busy} onClick={() => edit(true)} />
            </div>
          </>
        )}
      </div>
    </article>
  );
}

interface EditFormProps {
  readonly text: string;
  readonly onCancel: () => void;
  readonly onDone: (text: string) => void;
}

function EditForm({ text, onCancel, onDone }: EditFormProps): JSX.Element {
  const [value, change] = useState(text);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => area.current?.focus(), []);
  useEffect(() => fitHeight(area.current), [value]);
  const send = (event: Event): void => {
    event.preventDefault();
    if (value.trim() !== "") onDone(value.trim());
  };
  return (
    <form class="edit" onSubmit={send}>
      <textarea
        ref={area}
        aria-label="Edit message"
        value={value}
        onInput={(event) => change(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onCancel();
          else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
        }}
      />
      <div class="actions">
        <button type="button" class="plain" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" class="primary">
          Send
        </button>
      </div>
    </form>
  );
}
