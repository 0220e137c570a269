/** A count of parameters, as Ollama writes it: 134.52M, 8.0B. */
export function parameterSize(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)}B`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(2)}M`;
  return count >= 1e3 ? `${Math.floor(count / 1e3)}K` : String(count);
}
