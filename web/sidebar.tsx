import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Conversation } from "./data/conversation.js";
import {
  addConversations,
  changeConversation,
  conversations,
  deleteConversation,
  keepingError,
} from "./data/conversations.js";
import { exportConversations, readExport } from "./data/transfer.js";
import { chatAddress, route } from "./route.js";
import { useStore } from "./store.js";
import { announce } from "./ui/announce.js";
import { Dialog } from "./ui/dialog.js";
import { Icon } from "./ui/icon.js";
import { IconButton } from "./ui/icon-button.js";
import { ThemeSwitch } from "./ui/theme-switch.js";

interface SidebarProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** The conversations, and the way to everything else. */
export function Sidebar({ open, onClose }: SidebarProps): JSX.Element {
  const list = useStore(conversations);
  const where = useStore(route);
  const current = where.page === "chat" ? where.id : undefined;
  return (
    <nav class={open ? "sidebar open" : "sidebar"} aria-label="Conversations">
      <header>
        <a class="wordmark" href={chatAddress()} onClick={onClose}>
          mullama
        </a>
        <ThemeSwitch />
        <IconButton icon="close" label="Close conversations" class="only-narrow" onClick={onClose} />
      </header>
      <a class="new" href={chatAddress()} onClick={onClose}>
        <Icon name="plus" /> New conversation
      </a>
      <ul class="conversations">
        {(list ?? []).map((one) => (
          <ConversationItem key={one.id} conversation={one} current={one.id === current} onOpen={onClose} />
        ))}
      </ul>
      <footer>
        <KeepingNote />
        <a class="row" href="#/metrics" aria-current={where.page === "metrics" ? "page" : undefined} onClick={onClose}>
          <Icon name="chart" /> Metrics
        </a>
        <Transfer list={list ?? []} />
      </footer>
    </nav>
  );
}

function KeepingNote(): JSX.Element | null {
  const problem = useStore(keepingError);
  return problem === undefined ? null : <p class="hint failure">{problem}</p>;
}

interface ConversationItemProps {
  readonly conversation: Conversation;
  readonly current: boolean;
  readonly onOpen: () => void;
}

function ConversationItem({ conversation, current, onOpen }: ConversationItemProps): JSX.Element {
  const [asked, ask] = useState<"rename" | "delete">();
  const { id, title } = conversation;
  const close = (): void => ask(undefined);
  return (
    <li class={current ? "current" : ""}>
      <a href={chatAddress(id)} aria-current={current ? "page" : undefined} onClick={onOpen}>
        {title}
      </a>
      <IconButton icon="pencil" label={`Rename ${title}`} onClick={() => ask("rename")} />
      <IconButton
        icon="download"
        label={`Export ${title}`}
        onClick={() => exportConversations([conversation], fileName(title))}
      />
      <IconButton icon="trash" label={`Delete ${title}`} onClick={() => ask("delete")} />
      {asked === "rename" ? <RenameDialog conversation={conversation} onClose={close} /> : null}
      {asked === "delete" ? <DeleteDialog conversation={conversation} onClose={close} /> : null}
    </li>
  );
}

interface ConversationDialogProps {
  readonly conversation: Conversation;
  readonly onClose: () => void;
}

function RenameDialog({ conversation, onClose }: ConversationDialogProps): JSX.Element {
  const [title, change] = useState(conversation.title);
  const rename = (event: Event): void => {
    event.preventDefault();
    if (title.trim() !== "") changeConversation(conversation.id, { title: title.trim() });
    onClose();
  };
  return (
    <Dialog title="Rename the conversation" onClose={onClose}>
      <form onSubmit={rename}>
        <label class="field">
          <span>Title</span>
          <input value={title} onInput={(event) => change(event.currentTarget.value)} />
        </label>
        <div class="actions">
          <button type="button" class="plain" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary">
            Rename
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function DeleteDialog({ conversation, onClose }: ConversationDialogProps): JSX.Element {
  const remove = (): void => {
    onClose();
    deleteConversation(conversation.id);
    if (route.value.page === "chat" && route.value.id === conversation.id) location.hash = chatAddress();
  };
  return (
    <Dialog title="Delete the conversation?" onClose={onClose}>
      <p>“{conversation.title}” cannot be brought back.</p>
      <div class="actions">
        <button type="button" class="plain" onClick={onClose}>
          Keep it
        </button>
        <button type="button" class="danger" onClick={remove}>
          Delete
        </button>
      </div>
    </Dialog>
  );
}

function Transfer({ list }: { readonly list: readonly Conversation[] }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const [problem, tell] = useState<string>();
  const read = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    try {
      const added = readExport(await file.text());
      addConversations(added);
      tell(undefined);
      announce(`${added.length} conversations were imported.`);
    } catch (error) {
      tell(`${file.name}: ${(error as Error).message}`);
    }
  };
  return (
    <>
      <button type="button" class="row" onClick={() => input.current?.click()}>
        <Icon name="upload" /> Import
      </button>
      <button
        type="button"
        class="row"
        disabled={list.length === 0}
        onClick={() => exportConversations(list, fileName("conversations"))}
      >
        <Icon name="download" /> Export all
      </button>
      <input
        ref={input}
        type="file"
        accept="application/json,.json"
        hidden
        aria-label="File with conversations"
        onChange={(event) => {
          void read(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
      {problem === undefined ? null : (
        <p class="hint failure" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

function fileName(title: string): string {
  const plain = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  return `mullama-${plain === "" ? "conversation" : plain}.json`;
}
