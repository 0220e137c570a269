import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { type ListeningServer, serve, type ServeOptions } from "../../src/server/index.js";
import { launchChromium } from "./chromium.js";
import { tinyLlama } from "./tiny-models.js";
import { chatTemplate } from "./tiny-server.js";

/** The server's page in a browser. */
export interface WebPage extends AsyncDisposable {
  readonly server: ListeningServer;
  readonly browser: Browser;
  readonly page: Page;
  /** What went wrong in it, and what it asked of others than its server. */
  readonly problems: string[];
}

/** Opens the page of a server with two tiny random models, `tiny` and `other`. */
export async function openWebPage(
  options: ServeOptions = {},
  browserOptions: BrowserContextOptions = {},
  path = "/",
): Promise<WebPage> {
  const server = await serve({
    port: 0,
    host: "worker",
    store: false,
    ...options,
    models: {
      tiny: { model: tinyLlama().path, contextSize: 8192, chatTemplate },
      other: { model: tinyLlama({ seed: 2 }).path, contextSize: 1024, chatTemplate },
    },
  });
  const browser = await launchChromium();
  const context = await browser.newContext(browserOptions);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(server.url) && !url.startsWith("blob:")) problems.push(`asks ${url}`);
  });
  await page.goto(`${server.url}${path}`);
  const dispose = async (): Promise<void> => {
    await browser.close();
    await server.close();
  };
  return { server, browser, page, problems, [Symbol.asyncDispose]: dispose };
}

/** Has the server answer in these pieces, whatever it is asked. @returns what it was asked */
export async function answerWith(page: Page, pieces: readonly object[]): Promise<unknown[]> {
  const asked: unknown[] = [];
  await page.route("**/v1/chat/completions", (route) => {
    asked.push(route.request().postDataJSON());
    const chunks = pieces.map((delta) => ({ choices: [{ index: 0, delta, logprobs: null, finish_reason: null }] }));
    const body = [...chunks.map((chunk) => JSON.stringify(chunk)), "[DONE]"]
      .map((data) => `data: ${data}\n\n`)
      .join("");
    return route.fulfill({ contentType: "text/event-stream", body });
  });
  return asked;
}
