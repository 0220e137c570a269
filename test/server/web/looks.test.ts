// The page for the eye, for a thumb, and for the keyboard alone.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { noChromium } from "../../support/chromium.js";
import { contrastOf } from "../../support/contrast.js";
import { openWebPage, type WebPage } from "../../support/web-page.js";

const folder = "build/web";

describe("the page's looks", { skip: noChromium }, () => {
  let opened: WebPage;
  let page: Page;

  before(async () => {
    mkdirSync(folder, { recursive: true });
    opened = await openWebPage({}, { viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
    ({ page } = opened);
    await page.getByRole("button", { name: "Parameters", exact: true }).click();
    await page.getByLabel("JSON schema").fill('{ "enum": ["a **short** answer with `code` in it"] }');
    await page.getByLabel("Token probabilities").check();
    await page.getByLabel("Message", { exact: true }).fill("Say something");
    await page.keyboard.press("Enter");
    await page.locator(".stats").filter({ hasText: "tokens" }).waitFor();
  });
  after(async () => {
    await opened[Symbol.asyncDispose]();
    assert.deepEqual(opened.problems, []);
  });

  /** A picture, which is not of one colour only: such compress to almost nothing. */
  async function picture(name: string): Promise<void> {
    const bytes = await page.screenshot({ path: `${folder}/${name}.png` });
    assert.ok(bytes.length > 12_000, `${name}: ${bytes.length} bytes`);
  }

  for (const theme of ["light", "dark"] as const) {
    it(`has enough contrast in ${theme}`, async () => {
      await page.emulateMedia({ colorScheme: theme });
      const paper = (await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")) as string;
      assert.equal(Number(/\d+/.exec(paper)?.[0]) > 128, theme === "light", paper);
      for (const view of ["chat", "odds", "metrics"]) {
        if (view === "odds") await page.getByRole("button", { name: "Token probabilities" }).click();
        if (view === "metrics") {
          await page.getByRole("link", { name: "Metrics" }).click();
          await page.getByRole("row", { name: /tiny/ }).waitFor();
        }
        await picture(`${view}-${theme}`);
        const { seen, poor } = await contrastOf(page);
        assert.ok(seen > 10, `${view}: ${seen} texts`);
        assert.deepEqual(poor, [], view);
      }
      await page.goBack();
      await page.locator(".user-text").waitFor();
    });
  }

  it("is light or dark as the user says, and stays so", async () => {
    await page.emulateMedia({ colorScheme: "light" });
    const scheme = (): Promise<unknown> => page.evaluate("getComputedStyle(document.documentElement).colorScheme");
    await page.getByRole("button", { name: /Change to light/ }).click();
    await page.getByRole("button", { name: /Change to dark/ }).click();
    assert.equal(await scheme(), "dark");
    await page.reload();
    assert.equal(await scheme(), "dark");
    await page.getByRole("button", { name: /Change to as the system/ }).click();
    assert.equal(await scheme(), "light dark");
  });

  it("fits a phone", async () => {
    await page.setViewportSize({ width: 360, height: 640 });
    const close = page.getByRole("button", { name: "Close parameters" });
    if (await close.isVisible()) await close.click();
    const width = (): Promise<unknown> => page.evaluate("document.documentElement.scrollWidth");
    assert.equal(await width(), 360);
    await picture("chat-phone");
    await page.getByRole("button", { name: "Conversations" }).click();
    await page.getByRole("link", { name: "New conversation" }).waitFor();
    await picture("list-phone");
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "New conversation" }).waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Parameters", exact: true }).click();
    await picture("parameters-phone");
    assert.equal(await width(), 360);
    await page.getByRole("button", { name: "Close parameters" }).click();
    await page.goto(`${opened.server.url}/ui/#/metrics`);
    await page.getByRole("row", { name: /tiny/ }).waitFor();
    await picture("metrics-phone");
    assert.equal(await width(), 360);
  });

  it("is used with the keyboard alone", async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${opened.server.url}/ui/#/chat`);
    await page.reload();
    await page.getByLabel("Message", { exact: true }).waitFor();
    // The field has the focus at once; the way back to the page's beginning is a way through everything in it.
    await page.keyboard.type("From the keyboard");
    await page.keyboard.press("Enter");
    await page.locator(".user-text").filter({ hasText: "From the keyboard" }).waitFor();
    await page.locator(".stats").filter({ hasText: "tokens" }).waitFor();
    const reached = new Set<string>();
    for (let step = 0; step < 40; step++) {
      await page.keyboard.press("Shift+Tab");
      const [name, outline] = (await page.evaluate(
        "(() => { const one = document.activeElement; return [one === document.body ? '' : (one.getAttribute('aria-label') ?? one.textContent.trim()), getComputedStyle(one).outlineStyle]; })()",
      )) as [string, string];
      if (name !== "" && !reached.has(name)) assert.notEqual(outline, "none", name);
      reached.add(name);
    }
    for (const name of ["Answer again", "Token probabilities", "Edit message", "Parameters", "Metrics", "Export all"])
      assert.ok(reached.has(name), `${name} of ${[...reached].join(", ")}`);
    assert.ok([...reached].some((name) => name.startsWith("Delete ")));
    await page.getByText("To the message field").focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate("document.activeElement.id"), "message");
  });
});
