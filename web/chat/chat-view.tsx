import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { findConversation } from "../data/conversations.js";
import { Icon } from "../ui/icon.js";
import { IconButton } from "../ui/icon-button.js";
import { Composer } from "./composer.js";
import { MessageList } from "./message-list.js";
import { ModelPicker } from "./model-picker.js";
import { Parameters } from "./parameters.js";

interface ChatViewProps {
  readonly id: string | undefined;
  readonly menu: JSX.Element;
}

/** A conversation, or an empty page to begin one. */
export function ChatView({ id, menu }: ChatViewProps): JSX.Element {
  const [tuning, tune] = useState(false);
  const conversation = findConversation(id);
  return (
    <div class="chat-and-parameters">
      <main class="chat">
        <header class="bar">
          {menu}
          <ModelPicker />
          <IconButton icon="sliders" label="Parameters" expanded={tuning} onClick={() => tune(!tuning)} />
        </header>
        {conversation === undefined ? <Welcome /> : <MessageList conversation={conversation} />}
        <Composer id={conversation?.id} />
      </main>
      {tuning ? <Parameters conversation={conversation} onClose={() => tune(false)} /> : null}
    </div>
  );
}

function Welcome(): JSX.Element {
  return (
    <div class="welcome">
      <h1>What is on your mind?</h1>
      <p>The model runs on the machine that this page came from. Nothing you write goes anywhere else.</p>
      <p class="hint">
        <Icon name="sliders" /> sets how it answers: a system prompt, sampling, a JSON schema, tools.
      </p>
    </div>
  );
}
