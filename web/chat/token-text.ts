import type { TokenProbability } from "../server/chat-stream.js";

/** The text of each token. Of characters that several tokens make up, the last of them has it. */
export function tokenTexts(tokens: readonly TokenProbability[]): string[] {
  const decoder = new TextDecoder();
  return tokens.map(({ bytes }) => decoder.decode(Uint8Array.from(bytes), { stream: true }));
}

/** A token's text with its white space to be seen. */
export function visibleText(text: string): string {
  return text.replaceAll("\n", "↵").replaceAll("\t", "⇥").replaceAll(" ", "␣");
}

/** How likely, in words of five. */
export function levelOf(logprob: number): 1 | 2 | 3 | 4 | 5 {
  const probability = Math.exp(logprob);
  if (probability >= 0.9) return 5;
  if (probability >= 0.6) return 4;
  if (probability >= 0.3) return 3;
  return probability >= 0.1 ? 2 : 1;
}

export function percent(logprob: number): string {
  const share = Math.exp(logprob) * 100;
  return share < 0.1 ? "< 0.1 %" : `${share.toFixed(1)} %`;
}
