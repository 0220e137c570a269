import { family } from "./family.js";
import { gemmaBase } from "./verified.js";

const license = "LicenseRef-Gemma";

export const google = [
  ...family({ name: "gemma3", title: "Gemma 3", license, capabilities: ["chat", "vision"] }, [
    ["4b", 3.88, 2.49, "unsloth/gemma-3-4b-it-GGUF", { ollama: "gemma3:4b" }],
    ["270m", 0.27, 0.25, "unsloth/gemma-3-270m-it-GGUF", { capabilities: ["chat"], ollama: "gemma3:270m" }],
    ["1b", 1, 0.81, "unsloth/gemma-3-1b-it-GGUF", { capabilities: ["chat"], ollama: "gemma3:1b" }],
    ["12b", 11.8, 7.3, "unsloth/gemma-3-12b-it-GGUF", { ollama: "gemma3:12b" }],
    ["27b", 27, 16.5, "unsloth/gemma-3-27b-it-GGUF", { ollama: "gemma3:27b" }],
  ]),
  gemmaBase,
  ...family({ name: "gemma3n", title: "Gemma 3n", license, capabilities: ["chat"] }, [
    ["e4b", 6.87, 4.54, "unsloth/gemma-3n-E4B-it-GGUF", { ollama: "gemma3n:e4b" }],
    ["e2b", 4.46, 3.03, "unsloth/gemma-3n-E2B-it-GGUF", { ollama: "gemma3n:e2b" }],
  ]),
];
