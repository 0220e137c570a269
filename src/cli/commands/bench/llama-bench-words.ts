/** What llama-bench calls options that have another name here, beside those that are the same. */
const names: Readonly<Record<string, string>> = {
  "-ub": "--ubatch",
  "-ngl": "--gpu-layers",
  "-fa": "--flash-attention",
  "-ctk": "--cache-type-k",
  "-ctv": "--cache-type-v",
  "--n-prompt": "--prompt",
  "--n-gen": "--gen",
  "--n-depth": "--depth",
  "--batch-size": "--batch",
  "--ubatch-size": "--ubatch",
  "--n-gpu-layers": "--gpu-layers",
  "--flash-attn": "--flash-attention",
};

/** Words of a command line, where those of `mullama bench` may be llama-bench's: `-ngl 0 -fa 1 -m model.gguf`. */
export function fromLlamaBench(words: readonly string[]): readonly string[] {
  if (words.find((word) => !word.startsWith("-")) !== "bench") return words;
  const end = words.indexOf("--");
  return words.flatMap((word, at) => {
    if (end >= 0 && at > end) return [word];
    const [, name = "", value] = /^(-[^=]+)(?:=(.*))?$/.exec(word) ?? [];
    // The model has no option here.
    if (name === "-m" || name === "--model") return value === undefined ? [] : [value];
    const ours = names[name];
    if (ours === undefined) return [word];
    return value === undefined ? [ours] : [`${ours}=${value}`];
  });
}
