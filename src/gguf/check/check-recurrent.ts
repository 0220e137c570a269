import { GgufError } from "../error.js";
import type { GgufHeader } from "../header.js";
import { metadataNumber } from "../metadata.js";

/** Architectures with gated delta net layers. */
const DELTA_NET = new Set(["qwen35", "qwen35moe", "qwen3next"]);

/** Refuses sizes and missing tensors of recurrent layers that llama.cpp does not look at before it uses them. */
export function checkRecurrent(header: GgufHeader, architecture: string): void {
  if (!DELTA_NET.has(architecture)) return;
  const size = (name: string): number => metadataNumber(header.metadata, `${architecture}.ssm.${name}`) ?? 0;
  const inner = size("inner_size");
  if (inner !== size("state_size") * size("time_step_rank")) {
    throw new GgufError(
      `${architecture}.ssm.inner_size is ${inner}, but must be ssm.state_size times ssm.time_step_rank`,
    );
  }
  if (size("time_step_rank") % size("group_count") !== 0) {
    throw new GgufError(
      `${architecture}.ssm.group_count is ${size("group_count")}, which does not divide ssm.time_step_rank`,
    );
  }
  for (const name of header.tensors.keys()) {
    const block = /^(blk\.\d+)\.ssm_conv1d\.weight$/.exec(name)?.[1];
    if (block === undefined || header.tensors.has(`${block}.ssm_in.weight`)) continue;
    for (const part of ["attn_qkv", "attn_gate"]) {
      if (!header.tensors.has(`${block}.${part}.weight`))
        throw new GgufError(`tensor "${block}.${part}.weight" is missing`);
    }
  }
}
