import { GgufError } from "../error.js";
import type { GgufHeader } from "../header.js";
import { metadataNumber, metadataNumbers } from "../metadata.js";

/** Architectures whose graph asserts that keys and values of a head are of one size. */
const EQUAL_KEY_AND_VALUE = names(`afmoe apertus arcee arctic baichuan bailingmoe2 bert bitnet bloom chameleon chatglm
  codeshell cogvlm cohere2 cohere2moe command-r dbrx deci deepseek dflash dots1 dream eagle3 ernie4_5 ernie4_5-moe
  eurobert exaone exaone-moe exaone4 falcon glm4 glm4moe gpt2 gptneox granite granite_swa granitehybrid granitemoe
  graniteswitch grok grovemoe hunyuan-dense hunyuan-moe hunyuan_vl hy_v3 internlm2 jais jais2 jina-bert-v2 jina-bert-v3
  laguna llada llada-moe llama llama-embed llama4 maincoder maple mellum minicpm minimax-01 minimax-m2 minimax-m3
  mistral3 modern-bert mpt muse-glimmer nanbeige nemotron nemotron_h nemotron_h_moe neo-bert nomic-bert nomic-bert-moe
  olmo olmo2 olmoe openelm orion paddleocr pangu-embedded phi2 phi3 phimoe plamo pockettts qwen qwen2 qwen2moe qwen2vl
  qwen3 qwen35 qwen35moe qwen3moe qwen3next qwen3vl qwen3vlmoe qwen4exp refact rnd1 seed_oss smallthinker smollm3
  spark2_5 stablelm starcoder starcoder2 t5 t5encoder talkie xverse`);

/** Architectures whose graph asserts that all of a head is rotated. */
const ROTATES_WHOLE_HEAD = names(`apertus arcee arctic baichuan chameleon codeshell cogvlm cohere2moe dbrx deci deepseek
  dots1 dream ernie4_5 ernie4_5-moe exaone exaone-moe exaone4 falcon granite granite_swa granitemoe graniteswitch grok
  grovemoe hunyuan-dense hunyuan-moe hunyuan_vl hy_v3 internlm2 jais2 llada llada-moe llama llama-embed llama4 maincoder
  mellum minicpm mistral3 olmo olmo2 olmoe orion paddleocr pangu-embedded plamo pockettts qwen2 qwen2moe qwen2vl qwen3
  qwen3moe qwen3vl qwen3vlmoe rnd1 seed_oss smallthinker smollm3 starcoder2 talkie xverse`);

/** Architectures whose positions always have several axes. */
const SEVERAL_AXES = names("qwen2vl paddleocr qwen3vl qwen3vlmoe qwen35 qwen35moe qwen4exp qwen3tts");

/** Refuses attention heads of sizes and numbers that do not go together. */
export function checkHeadSizes(header: GgufHeader, architecture: string): void {
  const key = (name: string): string => `${architecture}.${name}`;
  const number = (name: string): number | undefined => metadataNumber(header.metadata, key(name));
  const heads = metadataNumbers(header.metadata, key("attention.head_count"));
  const first = heads[0] ?? 0;
  if (first === 0) return;
  checkGroups(heads, metadataNumbers(header.metadata, key("attention.head_count_kv")), key);
  const size = Math.floor((number("embedding_length") ?? 0) / first);
  const keySize = number("attention.key_length") ?? size;
  const valueSize = number("attention.value_length") ?? size;
  if (keySize !== valueSize && EQUAL_KEY_AND_VALUE.has(architecture)) {
    throw new GgufError(
      `${key("attention.key_length")} is ${keySize} and ${key("attention.value_length")} ${valueSize}, but they must be equal`,
    );
  }
  if (SEVERAL_AXES.has(architecture)) {
    checkSections(metadataNumbers(header.metadata, key("rope.dimension_sections")), keySize, key);
  }
  const rotated = number("rope.dimension_count");
  if (rotated === undefined || number("rope.dimension_count_swa") !== undefined) return;
  if (rotated !== keySize && ROTATES_WHOLE_HEAD.has(architecture)) {
    throw new GgufError(`${key("rope.dimension_count")} is ${rotated}, but must be the size of a head, ${keySize}`);
  }
  const largest = Math.max(
    keySize,
    valueSize,
    number("attention.key_length_mla") ?? 0,
    number("attention.key_length_swa") ?? 0,
  );
  if (rotated > largest || rotated % 2 !== 0) {
    throw new GgufError(`${key("rope.dimension_count")} is ${rotated}, but must be an even number up to ${largest}`);
  }
}

/** How a head's pairs of elements are shared among the axes of a position, in models that see pictures. */
function checkSections(sections: readonly number[], keySize: number, key: (name: string) => string): void {
  if (sections.length === 0) return;
  const sum = sections.reduce((total, section) => total + section, 0);
  if (sum < 1 || sum > keySize || sections.some((section) => section < 0)) {
    throw new GgufError(
      `${key("rope.dimension_sections")} is ${sections.join(", ")}, which does not share out a head of ${keySize}`,
    );
  }
}

function checkGroups(heads: readonly number[], kvHeads: readonly number[], key: (name: string) => string): void {
  kvHeads.forEach((count, layer) => {
    const queries = heads.length === 1 ? (heads[0] ?? 0) : (heads[layer] ?? 0);
    if (count > 0 && queries % count !== 0) {
      throw new GgufError(`${key("attention.head_count_kv")} is ${count}, which does not divide ${queries} heads`);
    }
  });
}

function names(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/));
}
