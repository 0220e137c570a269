import { family } from "./family.js";

const apache = { license: "Apache-2.0" } as const;

export const qwen = [
  ...family({ name: "qwen3", title: "Qwen3", ...apache, capabilities: ["chat", "tools", "reasoning"] }, [
    ["4b", 4.02, 2.5, "unsloth/Qwen3-4B-GGUF", { ollama: "qwen3:4b" }],
    ["0.6b", 0.6, 0.4, "unsloth/Qwen3-0.6B-GGUF", { ollama: "qwen3:0.6b" }],
    ["1.7b", 1.72, 1.11, "unsloth/Qwen3-1.7B-GGUF", { ollama: "qwen3:1.7b" }],
    ["8b", 8.19, 5.03, "unsloth/Qwen3-8B-GGUF", { ollama: "qwen3:8b" }],
    ["14b", 14.8, 9, "unsloth/Qwen3-14B-GGUF", { ollama: "qwen3:14b" }],
    ["32b", 32.8, 19.8, "unsloth/Qwen3-32B-GGUF", { ollama: "qwen3:32b" }],
    ["30b-a3b", 30.5, 18.6, "unsloth/Qwen3-30B-A3B-GGUF", { ollama: "qwen3:30b-a3b" }],
    ["4b-instruct", 4.02, 2.5, "unsloth/Qwen3-4B-Instruct-2507-GGUF", { capabilities: ["chat", "tools"] }],
    ["4b-thinking", 4.02, 2.5, "unsloth/Qwen3-4B-Thinking-2507-GGUF"],
    ["30b-a3b-instruct", 30.5, 18.6, "unsloth/Qwen3-30B-A3B-Instruct-2507-GGUF", { capabilities: ["chat", "tools"] }],
    ["30b-a3b-thinking", 30.5, 18.6, "unsloth/Qwen3-30B-A3B-Thinking-2507-GGUF"],
  ]),
  ...family({ name: "qwen3-coder", title: "Qwen3 Coder", ...apache, capabilities: ["chat", "tools", "code", "fim"] }, [
    ["30b-a3b", 30.5, 18.6, "unsloth/Qwen3-Coder-30B-A3B-Instruct-GGUF", { ollama: "qwen3-coder:30b" }],
  ]),
  ...family({ name: "qwen2.5", title: "Qwen2.5 Instruct", ...apache, capabilities: ["chat", "tools"] }, [
    ["7b", 7.62, 4.68, "bartowski/Qwen2.5-7B-Instruct-GGUF", { ollama: "qwen2.5:7b" }],
    ["0.5b", 0.49, 0.4, "bartowski/Qwen2.5-0.5B-Instruct-GGUF", { ollama: "qwen2.5:0.5b" }],
    ["1.5b", 1.54, 0.99, "bartowski/Qwen2.5-1.5B-Instruct-GGUF", { ollama: "qwen2.5:1.5b" }],
    ["14b", 14.8, 8.99, "bartowski/Qwen2.5-14B-Instruct-GGUF", { ollama: "qwen2.5:14b" }],
  ]),
  ...family({ name: "qwen2.5-coder", title: "Qwen2.5 Coder", ...apache, capabilities: ["chat", "code", "fim"] }, [
    ["7b", 7.62, 4.68, "bartowski/Qwen2.5-Coder-7B-Instruct-GGUF", { ollama: "qwen2.5-coder:7b" }],
    ["0.5b", 0.49, 0.4, "bartowski/Qwen2.5-Coder-0.5B-Instruct-GGUF", { ollama: "qwen2.5-coder:0.5b" }],
    ["1.5b", 1.54, 0.99, "bartowski/Qwen2.5-Coder-1.5B-Instruct-GGUF", { ollama: "qwen2.5-coder:1.5b" }],
    ["3b", 3.09, 1.93, "bartowski/Qwen2.5-Coder-3B-Instruct-GGUF", { license: "LicenseRef-Qwen-Research" }],
    ["14b", 14.8, 8.99, "bartowski/Qwen2.5-Coder-14B-Instruct-GGUF", { ollama: "qwen2.5-coder:14b" }],
    ["32b", 32.8, 19.9, "bartowski/Qwen2.5-Coder-32B-Instruct-GGUF", { ollama: "qwen2.5-coder:32b" }],
  ]),
];
