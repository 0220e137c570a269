// The page in a real browser, with tiny random models behind it.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Locator, Page } from "playwright-core";
import { noChromium } from "../../support/chromium.js";
import { openWebPage, type WebPage } from "../../support/web-page.js";

/** An answer that takes a while, whatever the model would like to say. */
const long = JSON.stringify({ type: "array", items: { type: "integer" }, minItems: 2000 });
const short = JSON.stringify({ enum: ["a short answer"] });

describe("the page", { skip: noChromium }, () => {
  let opened: WebPage;
  let page: Page;

  before(async () => {
    opened = await openWebPage();
    ({ page } = opened);
  });
  after(async () => {
    await opened[Symbol.asyncDispose]();
    assert.deepEqual(opened.problems, []);
  });

  const message = (): Locator => page.getByLabel("Message", { exact: true });
  const answers = (): Locator => page.locator("article.assistant");
  const answered = (): Promise<void> => page.getByRole("button", { name: "Send", exact: true }).waitFor();

  async function setSchema(schema: string): Promise<void> {
    await page.getByRole("button", { name: "Parameters", exact: true }).click();
    await page.getByLabel("JSON schema").fill(schema);
    await page.getByRole("button", { name: "Close parameters" }).click();
  }

  it("shows an answer while it is written, and stops it", async () => {
    await page.getByLabel("Model", { exact: true }).selectOption("tiny");
    await setSchema(long);
    await message().fill("Count for me");
    await page.keyboard.press("Enter");
    const writing = page.locator('article.assistant[aria-busy="true"] .prose');
    await writing.filter({ hasText: /\[.{8}/ }).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await answered();
    const text = await page.locator("article.assistant .prose").textContent();
    assert.match(text ?? "", /^\[\s*-?\d/);
    assert.match((await page.locator(".stats").textContent()) ?? "", /stopped/);
    assert.match(page.url(), /#\/chat\/[0-9a-f]{24}$/);
    await page.locator("#model-state").filter({ hasText: "8,192 tokens" }).waitFor();
  });

  it("answers again beside the first answer, and goes back to it", async () => {
    await setSchema(short);
    await page.getByRole("button", { name: "Answer again" }).click();
    await page.getByText("a short answer").waitFor();
    await answered();
    assert.equal(await page.locator(".versions span").textContent(), "2/2");
    await page.getByRole("button", { name: "Earlier answer" }).click();
    assert.match((await page.locator("article.assistant .prose").textContent()) ?? "", /^\[/);
  });

  it("sends what was said anew when it is edited", async () => {
    await page.getByRole("button", { name: "Edit message" }).click();
    await page.locator(".edit textarea").fill("Something else");
    await page.keyboard.press("Enter");
    await page.getByText("a short answer").waitFor();
    await answered();
    assert.equal(await page.locator(".user-text").textContent(), "Something else");
    assert.equal(await answers().count(), 1);
  });

  it("shows how likely each token was, and what else could have come", async () => {
    await page.getByRole("button", { name: "Parameters", exact: true }).click();
    await page.getByLabel("Token probabilities").check();
    await page.getByRole("button", { name: "Close parameters" }).click();
    await page.getByRole("button", { name: "Answer again" }).click();
    await page.getByRole("button", { name: "Token probabilities" }).click();
    await page.locator(".tokens").filter({ hasText: "a short answer" }).waitFor();
    await answered();
    await page.locator(".token").nth(1).hover();
    assert.match((await page.locator(".token-place").textContent()) ?? "", /token 2 of/);
    assert.ok((await page.locator(".token-detail tr").count()) >= 5);
    await page.locator(".tokens").focus();
    await page.keyboard.press("ArrowRight");
    assert.match((await page.locator(".token-place").textContent()) ?? "", /token 3 of/);
  });

  it("asks another model when another one is chosen", async () => {
    await page.getByLabel("Model", { exact: true }).selectOption("other");
    await message().fill("And you?");
    await page.keyboard.press("Enter");
    await page.locator("article.assistant").nth(1).waitFor();
    await answered();
    assert.deepEqual(await page.locator(".assistant .who").allTextContents(), ["tiny", "other"]);
  });

  it("frees a model's memory, and loads it again", async () => {
    const state = (text: string): Promise<void> => page.locator("#model-state").filter({ hasText: text }).waitFor();
    await page.getByRole("button", { name: "Unload other" }).click();
    await state("loads with the first message");
    const { models } = (await (await fetch(`${opened.server.url}/api/ps`)).json()) as { models: { name: string }[] };
    assert.deepEqual(
      models.map(({ name }) => name),
      ["tiny"],
    );
    await page.getByRole("button", { name: "Load other" }).click();
    await state("1,024 tokens");
  });

  it("keeps conversations, renames and deletes them, and takes them elsewhere", async () => {
    await page.reload();
    await page.getByText("And you?").waitFor();
    const item = page.locator(".conversations li").first();
    await item.hover();
    await item.getByRole("button", { name: /^Rename/ }).click();
    await page.getByLabel("Title").fill("Numbers");
    await page.keyboard.press("Enter");
    await page.locator(".conversations").getByText("Numbers").waitFor();
    const downloading = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export all" }).click();
    const path = await (await downloading).path();
    await item.hover();
    await item.getByRole("button", { name: /^Delete/ }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("heading", { name: "What is on your mind?" }).waitFor();
    assert.equal(await page.locator(".conversations li").count(), 0);
    await page.locator('input[type="file"]').setInputFiles(path);
    await page.locator(".conversations a", { hasText: "Numbers" }).click();
    await page.getByText("And you?").waitFor();
  });

  it("says what is wrong with a setting or a file", async () => {
    await setSchema("{");
    await message().fill("Well?");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("JSON schema:").waitFor();
    await setSchema("");
    const file = { name: "x.json", mimeType: "application/json", buffer: Buffer.from("{}") };
    await page.locator('input[type="file"]').setInputFiles(file);
    await page.getByRole("alert").getByText("holds no conversations").waitFor();
  });
});
