/** Whether a template is gpt-oss's, whose answers are messages in channels. */
export function isHarmony(source: string): boolean {
  return ["<|channel|>", "<|message|>", "analysis", "commentary"].every((word) => source.includes(word));
}
