import { family } from "./family.js";

const capabilities = ["chat", "tools"] as const;

export const meta = [
  ...family({ name: "llama3.2", title: "Llama 3.2 Instruct", license: "LicenseRef-Llama-3.2", capabilities }, [
    ["3b", 3.21, 2.02, "bartowski/Llama-3.2-3B-Instruct-GGUF", { ollama: "llama3.2:3b" }],
    ["1b", 1.24, 0.81, "bartowski/Llama-3.2-1B-Instruct-GGUF", { ollama: "llama3.2:1b" }],
  ]),
  ...family({ name: "llama3.1", title: "Llama 3.1 Instruct", license: "LicenseRef-Llama-3.1", capabilities }, [
    ["8b", 8.03, 4.92, "bartowski/Meta-Llama-3.1-8B-Instruct-GGUF", { ollama: "llama3.1:8b" }],
    ["70b", 70.6, 42.5, "bartowski/Meta-Llama-3.1-70B-Instruct-GGUF", { ollama: "llama3.1:70b" }],
  ]),
  ...family({ name: "llama3.3", title: "Llama 3.3 Instruct", license: "LicenseRef-Llama-3.3", capabilities }, [
    ["70b", 70.6, 42.5, "bartowski/Llama-3.3-70B-Instruct-GGUF", { ollama: "llama3.3:70b" }],
  ]),
];
