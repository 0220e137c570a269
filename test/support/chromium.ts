import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const paths = [
  process.env["MULLAMA_CHROMIUM"] ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

const executablePath = paths.find((path) => path !== "" && existsSync(path));

/** Why tests in a browser are skipped, or false. */
export const noChromium: string | false =
  executablePath === undefined && "there is no Chromium; install it, or name it in MULLAMA_CHROMIUM";

const quiet =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking " +
  "--disable-component-update --disable-sync";

/** A Chromium that talks to nobody on its own. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: quiet.split(" "),
  });
}
