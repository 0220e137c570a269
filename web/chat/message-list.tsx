import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Conversation, Turn } from "../data/conversation.js";
import { useStore } from "../store.js";
import { Icon } from "../ui/icon.js";
import { answering } from "./answering.js";
import { AssistantMessage } from "./assistant-message.js";
import { ToolMessage } from "./tool-message.js";
import { UserMessage } from "./user-message.js";

/** So near to the end one still counts as being there. */
const NEAR = 48;

/** What was said. It follows what is being written, unless the user has scrolled away from it. */
export function MessageList({ conversation }: { readonly conversation: Conversation }): JSX.Element {
  const { id, turns } = conversation;
  const list = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const busy = useStore(answering).has(id);
  const toEnd = (): void => list.current?.scrollTo({ top: list.current.scrollHeight });
  useEffect(() => setAtEnd(true), [id, busy]);
  useLayoutEffect(() => {
    if (atEnd) toEnd();
  }, [turns, atEnd]);
  const note = (): void => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = list.current ?? {};
    setAtEnd(scrollHeight - scrollTop - clientHeight < NEAR);
  };
  return (
    <div class="messages-frame">
      <div
        class="messages"
        ref={list}
        onScroll={note}
        role="log"
        aria-label="Conversation"
        aria-busy={busy}
        tabIndex={0}
      >
        {turns.map((turn, index) => (
          <OneTurn key={turn.id} conversation={id} turn={turn} last={index === turns.length - 1} busy={busy} />
        ))}
      </div>
      {atEnd ? null : (
        <button type="button" class="to-end" onClick={() => setAtEnd(true)}>
          <Icon name="down" /> Latest
        </button>
      )}
    </div>
  );
}

interface OneTurnProps {
  readonly conversation: string;
  readonly turn: Turn;
  readonly last: boolean;
  readonly busy: boolean;
}

function OneTurn({ conversation, turn, last, busy }: OneTurnProps): JSX.Element {
  switch (turn.role) {
    case "user":
      return <UserMessage conversation={conversation} turn={turn} busy={busy} />;
    case "tool":
      return <ToolMessage turn={turn} />;
    case "assistant":
      return <AssistantMessage conversation={conversation} turn={turn} last={last} busy={busy} />;
  }
}
