import { family } from "./family.js";

const common = { license: "Apache-2.0", capabilities: ["chat", "tools"] } as const;
const sees = ["chat", "tools", "vision"] as const;

export const mistral = [
  ...family({ name: "mistral", title: "Mistral Instruct v0.3", ...common }, [
    ["7b", 7.25, 4.37, "bartowski/Mistral-7B-Instruct-v0.3-GGUF", { ollama: "mistral:7b" }],
  ]),
  ...family({ name: "mistral-nemo", title: "Mistral Nemo", ...common }, [
    ["12b", 12.2, 7.48, "bartowski/Mistral-Nemo-Instruct-2407-GGUF", { ollama: "mistral-nemo:12b" }],
  ]),
  ...family({ name: "mistral-small", title: "Mistral Small 3.2", ...common, capabilities: sees }, [
    ["24b", 23.6, 14.3, "unsloth/Mistral-Small-3.2-24B-Instruct-2506-GGUF", { ollama: "mistral-small3.2:24b" }],
  ]),
  ...family({ name: "ministral-3", title: "Ministral 3", ...common, capabilities: sees }, [
    ["8b", 8.49, 5.2, "mistralai/Ministral-3-8B-Instruct-2512-GGUF", { ollama: "ministral-3:8b" }],
    ["3b", 3.43, 2.15, "mistralai/Ministral-3-3B-Instruct-2512-GGUF", { ollama: "ministral-3:3b" }],
    ["14b", 13.5, 8.24, "mistralai/Ministral-3-14B-Instruct-2512-GGUF", { ollama: "ministral-3:14b" }],
  ]),
  ...family({ name: "magistral", title: "Magistral Small", ...common, capabilities: ["chat", "tools", "reasoning"] }, [
    ["24b", 23.6, 14.3, "unsloth/Magistral-Small-2509-GGUF", { ollama: "magistral:24b" }],
  ]),
  ...family({ name: "devstral", title: "Devstral Small", ...common, capabilities: ["chat", "tools", "code"] }, [
    ["24b", 23.6, 14.3, "unsloth/Devstral-Small-2507-GGUF", { ollama: "devstral:24b" }],
  ]),
];
