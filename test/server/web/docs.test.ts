// `/docs`, which shows what the server can be asked.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { noChromium } from "../../support/chromium.js";
import { contrastOf } from "../../support/contrast.js";
import { openWebPage, type WebPage } from "../../support/web-page.js";

describe("the document, to be read", { skip: noChromium }, () => {
  let opened: WebPage;
  let page: Page;
  before(async () => {
    mkdirSync("build/web", { recursive: true });
    opened = await openWebPage({}, { reducedMotion: "reduce" }, "/docs");
    ({ page } = opened);
    await page.getByRole("heading", { name: "Anthropic" }).waitFor();
  });
  after(async () => {
    await opened[Symbol.asyncDispose]();
    // Neither does it break its own policy, nor ask others than its server.
    assert.deepEqual(opened.problems, []);
  });

  it("shows every route, and those that one looks for", async () => {
    const response = await fetch(`${opened.server.url}/openapi.json`);
    const { paths } = (await response.json()) as { paths: Record<string, object> };
    const count = Object.values(paths).flatMap((methods) => Object.keys(methods)).length;
    assert.equal(await page.locator(".operation").count(), count);
    await page.getByLabel("Find a route").fill("post messages");
    assert.deepEqual(await page.locator(".operation > summary > code").allTextContents(), [
      "/v1/messages",
      "/v1/messages/count_tokens",
    ]);
  });

  it("tells what a route reads and answers with", async () => {
    await page.getByLabel("Find a route").fill("/v1/chat/completions answers");
    await page.getByText("Answers a conversation").click();
    await page.getByText("scope inference").waitFor();
    assert.match((await page.locator("pre").textContent()) ?? "", /curl -X POST http:.*\/v1\/chat\/completions/);
    await page.locator(".body > summary").first().click();
    const field = page.locator(".fields > div").filter({ has: page.getByText("top_logprobs", { exact: true }) });
    assert.match((await field.first().textContent()) ?? "", /integer, 0 to 20/);
  });

  for (const theme of ["light", "dark"] as const) {
    it(`has enough contrast in ${theme}`, async () => {
      await page.emulateMedia({ colorScheme: theme });
      await page.screenshot({ path: `build/web/docs-${theme}.png` });
      const { seen, poor } = await contrastOf(page);
      assert.ok(seen > 10, `${seen} texts`);
      assert.deepEqual(poor, []);
    });
  }

  it("can be linked to, and is small", async () => {
    await page.goto(`${opened.server.url}/docs?#postApiShow`);
    await page.locator("#postApiShow[open]").waitFor();
    const html = await page.content();
    let total = 0;
    for (const [, path = ""] of html.matchAll(/(?:src|href)="(ui\/docs-[^"]+)"/g)) {
      const bytes = await (await fetch(`${opened.server.url}/${path}`)).arrayBuffer();
      total += gzipSync(new Uint8Array(bytes), { level: 9 }).length;
    }
    assert.ok(total > 1000 && total < 15_000, `${total} bytes`);
  });
});
