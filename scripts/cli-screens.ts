/**
 * Takes the screens of docs/cli.md anew: runs what is typed in each block behind a `<!-- screen -->` in a real terminal,
 * and puts what is seen in its place. Needs tmux, and fetches SmolLM2 once.
 *
 *   npm run screens
 */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { root } from "./bindgen/source.js";

const PAGE = join(root, "docs/cli.md");
const PATIENCE_MS = 180_000;
const BLOCK = /(<!-- screen -->\n\n```\w*\n)([^]*?)(\n```)/g;
/** What a program waits with for more. */
const PROMPT = /^(\$|>>>|\.\.\.)$/;

const home = join(tmpdir(), "mullama-screens");
const socket = `mullama-screens-${process.pid}`;

function tmux(...words: readonly string[]): string {
  return execFileSync("tmux", ["-L", socket, ...words], { encoding: "utf8" });
}

/** The screen without what is empty at its end. */
function screen(): readonly string[] {
  return tmux("capture-pane", "-p").trimEnd().split("\n");
}

/** Waits until a program wants more, and nothing moves any more. */
async function settled(): Promise<readonly string[]> {
  const until = performance.now() + PATIENCE_MS;
  for (let before = ""; performance.now() < until; await delay(1000)) {
    const lines = screen();
    if (PROMPT.test(lines.at(-1)?.trim() ?? "") && lines.join("\n") === before) return lines;
    before = lines.join("\n");
  }
  throw new TypeError(`nothing more came than:\n${screen().join("\n")}`);
}

/** Types the lines of a block that somebody typed. @returns what is on the screen then */
async function take(block: string): Promise<string> {
  tmux("send-keys", "clear", "Enter");
  await settled();
  let lines: readonly string[] = [];
  for (const line of block.split("\n")) {
    const typed = /^(?:\$|>>>|\.\.\.) (.*)$/.exec(line)?.[1];
    if (typed === undefined) continue;
    tmux("send-keys", "-l", typed);
    tmux("send-keys", "Enter");
    lines = await settled();
  }
  if (lines.at(-1)?.trim() !== "$") {
    tmux("send-keys", "C-d");
    await settled();
  }
  return lines.slice(0, -1).join("\n").trimEnd();
}

mkdirSync(join(home, "bin"), { recursive: true });
const command = join(home, "bin", "mullama");
writeFileSync(command, `#!/bin/sh\nexec node ${join(root, "dist/cli/main.js")} "$@"\n`);
chmodSync(command, 0o755);
const variables = {
  PS1: "$ ",
  PATH: `${join(home, "bin")}:${process.env["PATH"] ?? ""}`,
  MULLAMA_HOME: home,
  MULLAMA_HOST: "",
  NO_COLOR: "1",
};
const settings = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
tmux("new-session", "-d", "-x", "80", "-y", "150", "env", ...settings, "bash", "--norc", "-i");
try {
  await take("$ mullama pull smollm2:135m");
  let page = readFileSync(PAGE, "utf8");
  for (const [whole, before = "", block = "", behind = ""] of page.matchAll(BLOCK))
    page = page.replace(whole, before + (await take(block)) + behind);
  writeFileSync(PAGE, page);
  await take("$ mullama stop --all");
} finally {
  tmux("kill-server");
}
