import { description as anthropic } from "../anthropic/description.js";
import { description as llamaServer } from "../llama-server/description.js";
import { description as ollama } from "../ollama/description.js";
import { description as openai } from "../openai/description.js";
import { description as own } from "../own-description.js";
import type { ApiDescription } from "./operation.js";

/** All that the server speaks. Loaded only where somebody wants to read it. */
export const apis: readonly ApiDescription[] = [openai, anthropic, ollama, llamaServer, own];
