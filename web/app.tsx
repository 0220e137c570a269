import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ChatView } from "./chat/chat-view.js";
import { conversations, findConversation } from "./data/conversations.js";
import { MetricsView } from "./metrics/metrics-view.js";
import { route } from "./route.js";
import { Sidebar } from "./sidebar.js";
import { useStore } from "./store.js";
import { announcement } from "./ui/announce.js";
import { IconButton } from "./ui/icon-button.js";
import { KeyDialog } from "./ui/key-dialog.js";

export function App(): JSX.Element {
  const [listed, list] = useState(false);
  const where = useStore(route);
  useStore(conversations);
  const title = where.page === "metrics" ? "Metrics" : findConversation(where.id)?.title;
  useEffect(() => {
    document.title = title === undefined ? "mullama" : `${title} · mullama`;
  }, [title]);
  useEffect(() => {
    const close = ({ key }: KeyboardEvent): void => {
      if (key === "Escape") list(false);
    };
    addEventListener("keydown", close);
    return () => removeEventListener("keydown", close);
  }, []);
  const menu = (
    <IconButton icon="menu" label="Conversations" class="only-narrow" expanded={listed} onClick={() => list(true)} />
  );
  return (
    <div class="frame">
      <a class="skip" href="#message" onClick={toMessage}>
        To the message field
      </a>
      <Sidebar open={listed} onClose={() => list(false)} />
      {listed ? <div class="shade" onClick={() => list(false)} aria-hidden="true" /> : null}
      {where.page === "metrics" ? <MetricsView menu={menu} /> : <ChatView id={where.id} menu={menu} />}
      <KeyDialog />
      <Announcer />
    </div>
  );
}

/** The address stays that of the conversation. */
function toMessage(event: Event): void {
  event.preventDefault();
  document.getElementById("message")?.focus();
}

function Announcer(): JSX.Element {
  return (
    <p class="hidden" role="status" aria-live="polite">
      {useStore(announcement)}
    </p>
  );
}
