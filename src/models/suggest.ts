/** Returns the candidate that is written most like `word`, or undefined where none is near enough to be meant. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** As {@link closest}, for names of models: a tag that was left out is no mistake. */
export function closestName(name: string, names: readonly string[]): string | undefined {
  const near = closest(name, names);
  if (near !== undefined) return near;
  const bare = (one: string): string => one.replace(/:.*$/, "");
  const family = closest(bare(name), names.map(bare));
  return names.find((one) => bare(one) === family);
}

/** Names for a message, as far as anybody reads on. */
export function listing(names: readonly string[]): string {
  const shown = names.slice(0, 20).join(", ");
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown || "none";
}

/** Levenshtein's distance, one row of the table at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const substituted = (row[j] ?? 0) + (from[i] === to[j] ? 0 : 1);
      next.push(Math.min(substituted, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
