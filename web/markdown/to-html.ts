import DOMPurify from "dompurify";
import { Marked, type Token } from "marked";
import { highlight } from "./highlight.js";

/** Tags without attributes that models like to use; every other is shown as it was written. */
const plainTag = /^<\/?(?:br|sub|sup|kbd|b|i|em|strong|u|s|mark)\s*\/?>$/i;

const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    html: ({ text }) => (plainTag.test(text.trim()) ? text : escapeHtml(text)),
    // Loading one would tell its server what was said here.
    image: ({ href, text }) => `<a href="${escapeHtml(href)}">${escapeHtml(text === "" ? href : text)}</a>`,
    code: ({ text, lang }) => codeBlock(text, lang?.split(/\s/)[0] ?? ""),
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
    table({ header, rows }) {
      const row = (cells: typeof header, tag: string): string =>
        `<tr>${cells.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join("")}</tr>`;
      const body = rows.map((cells) => row(cells, "td")).join("");
      return `<div class="table"><table><thead>${row(header, "th")}</thead><tbody>${body}</tbody></table></div>`;
    },
  },
});

function codeBlock(code: string, language: string): string {
  const body = highlight(code, language) ?? escapeHtml(code);
  const head = `<span>${escapeHtml(language)}</span><button type="button" class="copy-code">Copy</button>`;
  return `<div class="code"><div class="code-head">${head}</div><pre tabindex="0"><code>${body}</code></pre></div>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** What the renderer above makes, and nothing else. */
const allowed = {
  ALLOWED_TAGS: (
    "a b blockquote br button code del div em h1 h2 h3 h4 h5 h6 hr i kbd li mark ol p pre s span strong " +
    "sub sup table tbody td th thead tr u ul"
  ).split(" "),
  ALLOWED_ATTR: ["href", "title", "class", "type", "start", "tabindex", "target", "rel"],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

DOMPurify.addHook("afterSanitizeAttributes", (node) => {
  if (node.tagName !== "A") return;
  node.setAttribute("target", "_blank");
  node.setAttribute("rel", "noopener noreferrer nofollow");
});

/** Markdown's blocks. While a text grows, only its last one changes. */
export function blocksOf(text: string): readonly Token[] {
  return marked.lexer(text).filter(({ type }) => type !== "space" && type !== "def");
}

/** The HTML of a block, safe to be put into the page: where the browser knows trusted types, as one of them. */
export function blockHtml(block: Token): string {
  return DOMPurify.sanitize(marked.parser([block]), { ...allowed, RETURN_TRUSTED_TYPE: true }) as unknown as string;
}
