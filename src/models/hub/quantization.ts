/** What a model is fetched as where its name does not say: small enough for most machines, hardly worse than the whole. */
const PREFERRED = [
  "Q4_K_M",
  "UD-Q4_K_XL",
  "Q4_K_L",
  "Q4_K_S",
  "Q4_K",
  "Q4_0",
  "Q4_1",
  "IQ4_XS",
  "IQ4_NL",
  "MXFP4",
  "Q5_K_M",
  "Q5_K_S",
  "Q5_0",
  "Q6_K",
  "Q8_0",
  "Q3_K_M",
  "F16",
  "BF16",
  "F32",
];

const TAG =
  /(?:^|[-._/])(?<tag>(?:UD-)?(?:I?Q\d+(?:_[A-Z\d]+)*|TQ\d+_\d+|MXFP\d+|NVFP\d+|BF16|FP?16|FP?32))(?=$|[-._/])/gi;

/** The quantization that a file's name tells, such as `Q4_K_M`: the last one in it. */
export function quantizationOf(path: string): string | undefined {
  const stem = path.replace(/\.gguf$/i, "").replace(/-\d{5}-of-\d{5}$/, "");
  const found = [...stem.matchAll(TAG)].at(-1)?.groups?.["tag"];
  return found?.toUpperCase().replace(/^FP/, "F");
}

/** The most preferred of some quantizations. */
export function preferredOf(tags: readonly string[]): string | undefined {
  return PREFERRED.find((preferred) => tags.includes(preferred));
}
