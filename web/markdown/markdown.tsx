import type { Token } from "marked";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { copyText } from "./copy-text.js";
import { blockHtml, blocksOf } from "./to-html.js";

/** What a model wrote. */
export function Markdown({ text }: { readonly text: string }): JSX.Element {
  const blocks = useMemo(() => blocksOf(text), [text]);
  return (
    <div class="prose" onClick={copyCode}>
      {blocks.map((block, index) => (
        <Block key={index} block={block} />
      ))}
    </div>
  );
}

/** A block is made anew only when its text has changed. */
function Block({ block }: { readonly block: Token }): JSX.Element {
  const html = useMemo(() => blockHtml(block), [block.raw]);
  return <div class="block" dangerouslySetInnerHTML={{ __html: html }} />;
}

function copyCode({ target }: MouseEvent): void {
  if (!(target instanceof HTMLButtonElement) || !target.classList.contains("copy-code")) return;
  void copyText(target.closest(".code")?.querySelector("code")?.textContent ?? "");
  target.textContent = "Copied";
  setTimeout(() => (target.textContent = "Copy"), 1500);
}
