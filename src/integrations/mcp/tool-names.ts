import { createHash } from "node:crypto";

const LONGEST = 64;
const HASH = 7;

/** A tool, by what tells it from all others. */
export interface NamedTool {
  readonly server: string;
  readonly remoteName: string;
  /** What it shall be called, if that can be. */
  readonly wanted: string;
}

/**
 * Names that models may call, each once: other characters become `_`. A name that is too long, or that several would have,
 * ends in a hash of what the tool is really called, so that it is the same every time.
 */
export function toolNames(tools: readonly NamedTool[]): string[] {
  const valid = tools.map(({ wanted }) => wanted.replace(/[^\w.-]/gu, "_"));
  const counts = new Map<string, number>();
  for (const name of valid) counts.set(name, (counts.get(name) ?? 0) + 1);
  return tools.map((tool, index) => {
    const name = valid[index] ?? "";
    if (name !== "" && name.length <= LONGEST && counts.get(name) === 1) return name;
    return `${name.slice(0, LONGEST - HASH)}_${hash(tool)}`;
  });
}

function hash({ server, remoteName }: NamedTool): string {
  const text = JSON.stringify([server, remoteName]);
  return createHash("sha256")
    .update(text)
    .digest("hex")
    .slice(0, HASH - 1);
}
