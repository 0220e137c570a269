import type { JSX } from "preact";
import { Markdown } from "../markdown/markdown.js";

/** What the model thought, folded. */
export function Reasoning({ text, writing }: { readonly text: string; readonly writing: boolean }): JSX.Element | null {
  if (text === "") return null;
  return (
    <details class="fold">
      <summary>{writing ? "Thinking…" : "Thoughts"}</summary>
      <Markdown text={text} />
    </details>
  );
}
