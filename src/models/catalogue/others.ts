/** Families of makers who have few of them. */
import { family } from "./family.js";

const apache = { license: "Apache-2.0" } as const;
const mit = { license: "MIT" } as const;
const tools = ["chat", "tools"] as const;
const gptOss = { quantization: "MXFP4", file: "gpt-oss-20b-mxfp4.gguf", ollama: "gpt-oss:20b" } as const;

export const others = [
  ...family({ name: "gpt-oss", title: "gpt-oss", ...apache, capabilities: ["chat", "tools", "reasoning"] }, [
    ["20b", 20.9, 12.1, "ggml-org/gpt-oss-20b-GGUF", gptOss],
  ]),
  ...family({ name: "phi-4", title: "Phi-4", ...mit, capabilities: ["chat"] }, [
    ["14b", 14.7, 9.05, "bartowski/phi-4-GGUF", { ollama: "phi4:14b" }],
  ]),
  ...family({ name: "phi-4-mini", title: "Phi-4 mini", ...mit, capabilities: tools }, [
    ["3.8b", 3.84, 2.49, "unsloth/Phi-4-mini-instruct-GGUF", { ollama: "phi4-mini:3.8b" }],
    ["3.8b-reasoning", 3.84, 2.49, "unsloth/Phi-4-mini-reasoning-GGUF", { capabilities: ["chat", "reasoning"] }],
  ]),
  ...family({ name: "deepseek-r1", title: "DeepSeek R1, distilled", ...mit, capabilities: ["chat", "reasoning"] }, [
    ["8b", 8.19, 5.03, "unsloth/DeepSeek-R1-0528-Qwen3-8B-GGUF", { ollama: "deepseek-r1:8b" }],
    ["1.5b", 1.78, 1.12, "unsloth/DeepSeek-R1-Distill-Qwen-1.5B-GGUF", { ollama: "deepseek-r1:1.5b" }],
    ["7b", 7.62, 4.68, "unsloth/DeepSeek-R1-Distill-Qwen-7B-GGUF", { ollama: "deepseek-r1:7b" }],
    ["14b", 14.8, 8.99, "unsloth/DeepSeek-R1-Distill-Qwen-14B-GGUF", { ollama: "deepseek-r1:14b" }],
    ["32b", 32.8, 19.9, "unsloth/DeepSeek-R1-Distill-Qwen-32B-GGUF", { ollama: "deepseek-r1:32b" }],
  ]),
  ...family({ name: "granite4", title: "Granite 4.0", ...apache, capabilities: ["chat", "tools", "fim"] }, [
    ["micro", 3.4, 2.1, "ibm-granite/granite-4.0-micro-GGUF", { ollama: "granite4:micro" }],
    ["h-micro", 3.19, 1.94, "ibm-granite/granite-4.0-h-micro-GGUF", { ollama: "granite4:micro-h" }],
    ["h-tiny", 6.94, 4.23, "ibm-granite/granite-4.0-h-tiny-GGUF", { ollama: "granite4:tiny-h" }],
  ]),
  ...family({ name: "granite3.3", title: "Granite 3.3 Instruct", ...apache, capabilities: tools }, [
    ["8b", 8.17, 4.94, "ibm-granite/granite-3.3-8b-instruct-GGUF", { ollama: "granite3.3:8b" }],
    ["2b", 2.53, 1.55, "ibm-granite/granite-3.3-2b-instruct-GGUF", { ollama: "granite3.3:2b" }],
  ]),
  ...family({ name: "smollm2", title: "SmolLM2 Instruct", ...apache, capabilities: ["chat"] }, [
    ["360m", 0.36, 0.27, "bartowski/SmolLM2-360M-Instruct-GGUF", { ollama: "smollm2:360m" }],
    ["1.7b", 1.71, 1.06, "bartowski/SmolLM2-1.7B-Instruct-GGUF", { ollama: "smollm2:1.7b" }],
  ]),
  ...family({ name: "smollm3", title: "SmolLM3", ...apache, capabilities: ["chat", "tools", "reasoning"] }, [
    ["3b", 3.08, 1.92, "unsloth/SmolLM3-3B-GGUF"],
  ]),
  ...family({ name: "lfm2", title: "LFM2", license: "LicenseRef-LFM-1.0", capabilities: tools }, [
    ["1.2b", 1.17, 0.73, "LiquidAI/LFM2-1.2B-GGUF"],
    ["350m", 0.35, 0.23, "LiquidAI/LFM2-350M-GGUF"],
    ["700m", 0.74, 0.47, "LiquidAI/LFM2-700M-GGUF"],
    ["2.6b", 2.57, 1.56, "LiquidAI/LFM2-2.6B-GGUF"],
  ]),
];
