import type { JSX } from "preact";
import type { ToolTurn } from "../data/conversation.js";

/** What a tool gave back, folded. */
export function ToolMessage({ turn }: { readonly turn: ToolTurn }): JSX.Element {
  return (
    <article class="turn tool" aria-label={`Result of ${turn.name}`}>
      <p class="who">tool</p>
      <div class="said">
        <details class="fold">
          <summary>
            <code>{turn.name}</code> gave back
          </summary>
          <pre tabIndex={0}>{turn.text}</pre>
        </details>
      </div>
    </article>
  );
}
