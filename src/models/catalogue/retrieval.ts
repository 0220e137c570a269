/** Models that turn texts into vectors, or that sort texts by how well they answer a query. */
import { family } from "./family.js";

const embedding = { license: "Apache-2.0", capabilities: ["embedding"], quantization: "Q8_0" } as const;
const rerank = { license: "Apache-2.0", capabilities: ["rerank"], quantization: "Q8_0" } as const;
const nomic = { file: "nomic-embed-text-v1.5.Q8_0.gguf", ollama: "nomic-embed-text:v1.5" };

export const retrieval = [
  ...family({ name: "nomic-embed-text", title: "Nomic Embed Text", ...embedding }, [
    ["v1.5", 0.137, 0.146, "nomic-ai/nomic-embed-text-v1.5-GGUF", nomic],
  ]),
  ...family({ name: "bge", title: "BGE, English,", ...embedding, license: "MIT" }, [
    ["small", 0.033, 0.037, "CompendiumLabs/bge-small-en-v1.5-gguf", { file: "bge-small-en-v1.5-q8_0.gguf" }],
    ["base", 0.109, 0.118, "CompendiumLabs/bge-base-en-v1.5-gguf", { file: "bge-base-en-v1.5-q8_0.gguf" }],
    ["large", 0.335, 0.358, "CompendiumLabs/bge-large-en-v1.5-gguf", { file: "bge-large-en-v1.5-q8_0.gguf" }],
  ]),
  ...family({ name: "bge-m3", title: "BGE M3, many languages,", ...embedding, license: "MIT" }, [
    ["567m", 0.567, 0.635, "gpustack/bge-m3-GGUF"],
  ]),
  ...family({ name: "all-minilm", title: "all-MiniLM", ...embedding }, [
    ["l6-v2", 0.0227, 0.025, "second-state/All-MiniLM-L6-v2-Embedding-GGUF", { file: "all-MiniLM-L6-v2-Q8_0.gguf" }],
  ]),
  ...family({ name: "embeddinggemma", title: "EmbeddingGemma", ...embedding, license: "LicenseRef-Gemma" }, [
    ["300m", 0.303, 0.329, "ggml-org/embeddinggemma-300M-GGUF"],
  ]),
  ...family({ name: "qwen3-embedding", title: "Qwen3 Embedding", ...embedding }, [
    ["0.6b", 0.596, 0.64, "Qwen/Qwen3-Embedding-0.6B-GGUF", { ollama: "qwen3-embedding:0.6b" }],
    ["4b", 4.02, 2.5, "Qwen/Qwen3-Embedding-4B-GGUF", { quantization: "Q4_K_M" }],
    ["8b", 7.57, 4.68, "Qwen/Qwen3-Embedding-8B-GGUF", { quantization: "Q4_K_M" }],
  ]),
  ...family({ name: "bge-reranker-v2-m3", title: "BGE Reranker v2 M3", ...rerank }, [
    ["568m", 0.568, 0.636, "gpustack/bge-reranker-v2-m3-GGUF"],
  ]),
  ...family({ name: "jina-reranker-v2", title: "Jina Reranker v2", ...rerank, license: "CC-BY-NC-4.0" }, [
    ["base-multilingual", 0.278, 0.303, "gpustack/jina-reranker-v2-base-multilingual-GGUF"],
  ]),
  ...family({ name: "qwen3-reranker", title: "Qwen3 Reranker", ...rerank }, [
    ["0.6b", 0.596, 0.64, "ggml-org/Qwen3-Reranker-0.6B-Q8_0-GGUF", { file: "qwen3-reranker-0.6b-q8_0.gguf" }],
  ]),
];
