/** The hub, or the mirror that `HF_ENDPOINT` names. */
export function hubUrl(): string {
  return (process.env["HF_ENDPOINT"] || "https://huggingface.co").replace(/\/+$/, "");
}

/** Where the bytes of a file are. */
export function addressOf(repo: string, revision: string, file: string): string {
  const path = [repo, "resolve", encodeURIComponent(revision), file];
  return `${hubUrl()}/${path.map((part) => part.replace(/[^/%]+/g, encodeURIComponent)).join("/")}`;
}

export function authorization(): Record<string, string> {
  const token = process.env["HF_TOKEN"];
  return token ? { authorization: `Bearer ${token}` } : {};
}
