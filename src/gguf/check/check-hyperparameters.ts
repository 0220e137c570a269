import { GgufError } from "../error.js";
import type { GgufHeader } from "../header.js";
import { metadataNumber, metadataNumbers, metadataString } from "../metadata.js";

/** llama.cpp's `LLAMA_MAX_LAYERS`. */
const MAX_LAYERS = 512;
/** llama.cpp's `LLAMA_MAX_EXPERTS`. */
const MAX_EXPERTS = 1024;

const ROPE_SCALING_TYPES = ["none", "linear", "yarn", "longrope"];

/**
 * Sizes that llama.cpp divides by, or makes tensors of, without a look; and in which models: those with tensors of such
 * names, or of such architectures. Elsewhere they mean nothing, and llama.cpp itself writes them as zeros.
 */
const AT_LEAST_ONE: readonly (readonly [name: string, usedBy: RegExp])[] = [
  ["context_length", /(?:)/],
  ["embedding_length", /(?:)/],
  ["full_attention_interval", /ssm_/],
  ["experts_per_group", /^grovemoe$/],
  ["num_loops", /loop/],
  ["wkv.head_size", /time_mix/],
  ["kda.head_dim", /^(?:kimi|bailingmoe3)|ssm_f_a/],
  ["attention.group_norm_groups", /^(?:wavtokenizer|convnext|posnet)/],
  ["ssm.conv_kernel", /ssm_/],
  ["ssm.inner_size", /ssm_/],
  ["ssm.state_size", /ssm_/],
  ["ssm.time_step_rank", /ssm_/],
  ["ssm.group_count", /ssm_/],
  ["shortconv.l_cache", /shortconv/],
];

/** Refuses the sizes of a model that llama.cpp asserts on instead of reporting them. */
export function checkHyperparameters(header: GgufHeader, architecture: string): void {
  const key = (name: string): string => `${architecture}.${name}`;
  const layers = metadataNumber(header.metadata, key("block_count"));
  if (layers !== undefined && (layers < 1 || layers > MAX_LAYERS)) {
    throw new GgufError(`${key("block_count")} is ${layers}, but must be from 1 to ${MAX_LAYERS}`);
  }
  const extra = metadataNumber(header.metadata, key("nextn_predict_layers")) ?? 0;
  if (layers !== undefined && extra > layers) {
    throw new GgufError(`${key("nextn_predict_layers")} is ${extra}, more than all ${layers} layers`);
  }
  const scaling = metadataString(header.metadata, key("rope.scaling.type"));
  if (scaling !== undefined && !ROPE_SCALING_TYPES.includes(scaling)) {
    throw new GgufError(
      `${key("rope.scaling.type")} is ${JSON.stringify(scaling)}, but must be one of ${ROPE_SCALING_TYPES.join(", ")}`,
    );
  }
  const names = [architecture, ...header.tensors.keys()];
  for (const [name, usedBy] of AT_LEAST_ONE) {
    if (metadataNumber(header.metadata, key(name)) === 0 && names.some((one) => usedBy.test(one)))
      throw new GgufError(`${key(name)} is 0, but must be 1 or more`);
  }
  checkEpsilons(header, key);
  checkExperts(header, key);
}

function checkEpsilons(header: GgufHeader, key: (name: string) => string): void {
  for (const name of ["layer_norm_epsilon", "layer_norm_rms_epsilon", "group_norm_epsilon"]) {
    const epsilon = metadataNumber(header.metadata, key(`attention.${name}`)) ?? 0;
    if (!(epsilon >= 0)) throw new GgufError(`${key(`attention.${name}`)} is ${epsilon}, but must be 0 or more`);
  }
}

function checkExperts(header: GgufHeader, key: (name: string) => string): void {
  const experts = metadataNumber(header.metadata, key("expert_count")) ?? 0;
  const used = Math.max(0, ...metadataNumbers(header.metadata, key("expert_used_count")));
  const groups = metadataNumber(header.metadata, key("expert_group_count")) ?? 0;
  const usedGroups = metadataNumber(header.metadata, key("expert_group_used_count")) ?? 0;
  if (experts > MAX_EXPERTS) throw new GgufError(`${key("expert_count")} is ${experts}, more than ${MAX_EXPERTS}`);
  if (used > experts || (experts > 0 && used === 0)) {
    throw new GgufError(
      `${key("expert_used_count")} is ${used}, but must be from ${Math.min(1, experts)} to ${experts}`,
    );
  }
  if (experts === 0 ? groups > 0 : groups >= experts || (groups > 1 && experts % groups !== 0)) {
    throw new GgufError(`${key("expert_group_count")} is ${groups}, which does not divide ${experts} experts`);
  }
  if (groups > 1 && (usedGroups === 0 || usedGroups >= groups)) {
    throw new GgufError(`${key("expert_group_used_count")} is ${usedGroups}, but must be from 1 to ${groups - 1}`);
  }
}
