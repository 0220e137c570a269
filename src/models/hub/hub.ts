import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The hub, or the mirror that `HF_ENDPOINT` names. */
export function hubUrl(): string {
  return (process.env["HF_ENDPOINT"] || "https://huggingface.co").replace(/\/+$/, "");
}

/** Where the bytes of a file are. */
export function addressOf(repo: string, revision: string, file: string): string {
  const path = [repo, "resolve", encodeURIComponent(revision), file];
  return `${hubUrl()}/${path.map((part) => part.replace(/[^/%]+/g, encodeURIComponent)).join("/")}`;
}

/** What tells the hub who asks: `HF_TOKEN`, or the token that `hf auth login` has written down. */
export function authorization(): Record<string, string> {
  const token = process.env["HF_TOKEN"] || savedToken();
  return token ? { authorization: `Bearer ${token}` } : {};
}

function savedToken(): string {
  const { HF_TOKEN_PATH: path, HF_HOME: home, XDG_CACHE_HOME: caches } = process.env;
  try {
    return readFileSync(
      path || join(home || join(caches || join(homedir(), ".cache"), "huggingface"), "token"),
      "utf8",
    ).trim();
  } catch {
    return "";
  }
}
