/** Markdown in a terminal, while it comes: however it is cut into pieces, the screen ends up the same. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Painter, plainPainter } from "../../src/cli/terminal/color.js";
import { FlowingText } from "../../src/cli/terminal/flowing-text.js";
import { markdownStyle } from "../../src/cli/terminal/markdown/markdown-style.js";
import { textWidth } from "../../src/cli/terminal/span.js";
import { VirtualTerminal } from "../support/virtual-terminal.js";

const source = `# Rivers of the world

The **Nile** and the *Amazon* are \`long\`: see [this list](https://example.com/rivers) of them.
A second line.

- one item that is long enough to be broken where the terminal is narrow
- another
  1. nested
  2. again

| River | Length | Country |
| --- | ---: | --- |
| Nile | 6650 | Egypt |
| Amazon | 6400 | Brazil |

\`\`\`ts
const river = "Nile"; // **not bold**
\`\`\`

> A quote.

日本語の長い文章は、どこでも改行できます。もう少し長くします。`;

const marks: Painter = (formats, text) => (formats.includes("bold") ? `<b>${text}</b>` : text);

function shown(text: string, columns: number, size: number, paint: Painter = plainPainter): VirtualTerminal {
  const terminal = new VirtualTerminal(columns, 200);
  const flow = new FlowingText(terminal, markdownStyle(paint));
  for (let at = 0; at < text.length; at += size) flow.push(text.slice(at, at + size));
  flow.end();
  return terminal;
}

describe("markdown on a terminal", () => {
  for (const columns of [80, 40, 20]) {
    it(`fits ${columns} columns, and does not depend on how it comes`, () => {
      const whole = shown(source, columns, source.length);
      for (const size of [1, 3, 7]) assert.equal(shown(source, columns, size).text, whole.text);
      for (const line of whole.lines) assert.ok(textWidth(line) < columns, `${textWidth(line)}: ${line}`);
    });
  }

  it("shows what it means", () => {
    const { text } = shown(source, 80, 5, marks);
    for (const expected of [
      "<b>Rivers of the world</b>",
      "The <b>Nile</b> and the Amazon are long: see this list",
      "• another\n  1. nested\n  2. again",
      "<b>River</b>  │ <b>Length</b> │ <b>Country</b>",
      "Nile   │   6650 │ Egypt",
      '  const river = "Nile"; // **not bold**',
      "│ A quote.",
    ])
      assert.ok(text.includes(expected), `${expected}\n${text}`);
  });

  it("is bold before its end has come, and gives a terminal no orders", () => {
    const terminal = new VirtualTerminal(80);
    const flow = new FlowingText(terminal, markdownStyle(marks));
    flow.push("This is **very impor");
    assert.equal(terminal.text, "This is <b>very impor</b>");
    flow.push("tant** \u001B[2J\u0007.");
    flow.end();
    assert.equal(terminal.text, "This is <b>very important</b> \uFFFD[2J\uFFFD.");
  });

  for (const at of [30, 200, 330, 400]) {
    it(`is laid out anew where the terminal becomes narrower after ${at} characters, and nothing is lost`, () => {
      const terminal = new VirtualTerminal(80, 200);
      const flow = new FlowingText(terminal, markdownStyle(plainPainter));
      for (let from = 0; from < source.length; from += 5) {
        flow.push(source.slice(from, from + 5));
        if (from === at) terminal.resize(40);
      }
      flow.end();
      const letters = (text: string): string => text.replace(/\s|[─┼│]/g, "");
      assert.equal(letters(terminal.text), letters(shown(source, 40, 5).text));
      for (const line of terminal.lines) assert.ok(textWidth(line) <= 40, line);
    });
  }

  it("without colours, keeps the marks that say something", () => {
    assert.equal(shown("# Title\n\nuse `npm test`", 80, 1).text, "# Title\n\nuse `npm test`");
  });
});
