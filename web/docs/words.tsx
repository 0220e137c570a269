import type { JSX } from "preact";

/** A text in which `code` is marked as in Markdown. */
export function Words({ text }: { readonly text: string }): JSX.Element {
  const parts = text.split("`");
  return <span>{parts.map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</span>;
}
