import { relativeImports } from "../source/imports.js";
import type { SourceFile } from "../source/parse.js";

/** Groups of files that import one another in a ring when loaded; type imports vanish and don't count. */
export function importRings(files: readonly SourceFile[]): string[][] {
  const edges = new Map(
    files.map((file) => [
      file.path,
      relativeImports(file)
        .filter((edge) => edge.kind === "value")
        .map((edge) => edge.to),
    ]),
  );
  const reach = new Map(files.map((file) => [file.path, reachable(file.path, edges)]));
  const seen = new Set<string>();
  const rings: string[][] = [];
  for (const [path, targets] of reach) {
    if (seen.has(path) || !targets.has(path)) continue;
    const ring = [...targets].filter((target) => reach.get(target)?.has(path) === true).sort();
    for (const member of ring) seen.add(member);
    rings.push(ring);
  }
  return rings;
}

function reachable(from: string, edges: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const waiting = [...(edges.get(from) ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...(edges.get(next) ?? []));
  }
  return found;
}
