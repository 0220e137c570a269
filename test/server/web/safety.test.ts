// What a model writes is shown and never run, whatever it is.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { hashKey } from "../../../src/server/index.js";
import { noChromium } from "../../support/chromium.js";
import { answerWith, openWebPage, type WebPage } from "../../support/web-page.js";

const hostile = [
  "<script>window.hit = 1</script>",
  '<img src="x" onerror="window.hit = 2">',
  '<svg onload="window.hit = 3"><a xlink:href="javascript:window.hit=3">x</a></svg>',
  '<iframe srcdoc="<script>parent.hit = 4</script>"></iframe>',
  "[a link](javascript:window.hit=5)",
  '<a href="javascript:window.hit=6">raw</a>',
  "![a picture](javascript:window.hit=7)",
  "![another](https://pictures.example/x.png)",
  "<javascript:window.hit=8>",
  '```"><img/src=x/onerror=window.hit=9>\n<script>window.hit = 10</script>\n```',
  "| <img src=x onerror=window.hit=11> |\n|---|\n| <style>*{display:none}</style> |",
  '[title](https://example.org "\\" onmouseover=\\"window.hit=12")',
  "[data](data:text/html,<script>window.hit=13</script>)",
  '<b onclick="window.hit=14">bold</b> H<sub>2</sub>O',
  '<form action="https://example.org"><input name="x"><button>Send</button></form>',
].join("\n\n");

describe("what a model writes", { skip: noChromium }, () => {
  let opened: WebPage;
  let page: Page;

  before(async () => {
    opened = await openWebPage();
    ({ page } = opened);
  });
  after(() => opened[Symbol.asyncDispose]());

  async function say(text: string): Promise<void> {
    await page.getByLabel("Message", { exact: true }).fill(text);
    await page.keyboard.press("Enter");
  }

  it("is shown as text where it is no markdown, and runs nothing", async () => {
    // In two pieces, so that half a tag is there for a while.
    const pieces = [{ content: hostile.slice(0, 60) }, { content: hostile.slice(60) }, { reasoning_content: hostile }];
    await answerWith(page, pieces);
    await say("Attack me");
    await page.getByText("H2O").last().waitFor();
    await page.getByText("Thoughts").click();
    for (const link of await page.locator(".messages a").all()) {
      assert.match((await link.getAttribute("href")) ?? "https:none", /^(https?|mailto):/);
      assert.equal(await link.getAttribute("rel"), "noopener noreferrer nofollow");
    }
    assert.equal(
      await page.locator(".messages").locator("script, img, svg:not(.icon), iframe, style, form, input").count(),
      0,
    );
    assert.equal(await page.locator(".prose [onclick], .prose [onmouseover], .prose [onerror]").count(), 0);
    assert.ok((await page.getByText("<script>window.hit = 1</script>").count()) >= 1);
    assert.equal(await page.locator(".prose sub").first().textContent(), "2");
    assert.equal(await page.evaluate("window.hit"), undefined);
    assert.deepEqual(opened.problems, []);
  });

  it("would not run even if it came into the page as it is", async () => {
    const set =
      "(() => { try { document.body.insertAdjacentHTML('beforeend', '<b>x</b>'); return 'set'; } catch { return 'refused'; } })()";
    assert.equal(await page.evaluate(set), "refused");
    const run =
      "(() => { const s = document.createElement('script'); try { s.text = 'window.hit = 20'; document.body.append(s); } catch {} return window.hit; })()";
    assert.equal(await page.evaluate(run), undefined);
    const leave = "fetch('https://example.org/').then(() => 'left', () => 'stayed')";
    assert.equal(await page.evaluate(leave), "stayed");
  });
});

describe("calls of tools", { skip: noChromium }, () => {
  it("are shown folded, and what the tools give back goes to the model", async () => {
    await using opened = await openWebPage();
    const { page } = opened;
    const asked = await answerWith(page, [
      { reasoning_content: "I should ask." },
      {
        tool_calls: [
          { index: 0, id: "call-1", type: "function", function: { name: "weather", arguments: '{"city":' } },
        ],
      },
      { tool_calls: [{ index: 0, function: { arguments: '"Oslo"}' } }] },
    ]);
    await page.getByLabel("Message", { exact: true }).fill("How is the weather in Oslo?");
    await page.keyboard.press("Enter");
    const call = page.locator(".calls details");
    await call.locator("summary").click();
    assert.deepEqual(JSON.parse((await call.locator("pre").textContent()) ?? ""), { city: "Oslo" });
    await page.getByLabel("What weather gives back").fill("Rain");
    await page.getByRole("button", { name: "Send result" }).click();
    await page.locator("article.assistant").nth(1).waitFor();
    const { messages } = asked[1] as { messages: { role: string }[] };
    assert.deepEqual(messages.slice(1), [
      {
        role: "assistant",
        content: "",
        tool_calls: [{ id: "call-1", type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } }],
      },
      { role: "tool", tool_call_id: "call-1", content: "Rain" },
    ]);
  });
});

describe("a server with keys", { skip: noChromium }, () => {
  it("is asked with the key that the user gives, which is kept in the tab only", async () => {
    await using opened = await openWebPage({ keys: [{ name: "me", sha256: hashKey("mk-mine") }] });
    const { page } = opened;
    await page.locator("#key-why").filter({ hasText: "This server wants an API key." }).waitFor();
    await page.getByRole("button", { name: "Not now" }).click();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByLabel("Key", { exact: true }).fill("mk-wrong");
    await page.keyboard.press("Enter");
    await page.locator("#key-why").filter({ hasText: "not known" }).waitFor();
    await page.getByLabel("Key", { exact: true }).fill("mk-mine");
    await page.keyboard.press("Enter");
    await page
      .getByLabel("Model", { exact: true })
      .locator("option", { hasText: "tiny" })
      .waitFor({ state: "attached" });
    assert.equal(await page.evaluate("sessionStorage.getItem('mullama.key')"), "mk-mine");
    assert.doesNotMatch(String(await page.evaluate("JSON.stringify(localStorage)")), /mk-/);
  });
});
