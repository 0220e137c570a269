import { type ChatMessage, requireMessages } from "../chat/message.js";
import type { EngineOptions } from "../engine/engine-options.js";
import type { GenerationRequest } from "../engine/generation-request.js";
import { requireVersion } from "./require-version.js";
import type { ResolvedModel } from "./resolved-model.js";

/** How a model wants to be loaded and asked; what a user says of the same goes before all of it. */
export interface ModelSettings {
  readonly engine: Pick<EngineOptions, "contextSize" | "gpuLayers" | "threads" | "batchSize" | "speculation">;
  readonly chatTemplate?: string | undefined;
  /** For each request. */
  readonly request: Omit<Partial<GenerationRequest>, "prompt">;
  /** What the model is told before all else. */
  readonly system?: string | undefined;
  /** How each conversation begins. */
  readonly messages: readonly ChatMessage[];
}

/**
 * What a model's record says of its use, in the words of those who use it.
 *
 * @throws {MullamaError} `UNSUPPORTED` for a model that needs a later mullama
 */
export function settingsOf({ name, definition = {}, draft, adapters }: ResolvedModel): ModelSettings {
  const { template, system, messages = [], defaults = {}, speculation, requires } = definition;
  requireVersion(name, requires);
  const { contextSize, gpuLayers, threads, batchSize, ...request } = defaults;
  return {
    engine: {
      ...(contextSize !== undefined && { contextSize }),
      ...(gpuLayers !== undefined && { gpuLayers }),
      ...(threads !== undefined && { threads }),
      ...(batchSize !== undefined && { batchSize }),
      ...(draft !== undefined && { speculation: { type: "draft-model", path: draft, ...speculation } }),
    },
    chatTemplate: template,
    request: { ...request, ...(adapters !== undefined && { adapters }) },
    system,
    messages,
  };
}

/** Options, with the defaults of those that they leave out. */
export function withDefaults<Options extends object, Defaults extends object>(
  options: Options,
  defaults: Defaults,
): Options & Partial<Defaults> {
  const absent = Object.entries(defaults).filter(([key]) => Reflect.get(options, key) === undefined);
  return { ...options, ...(Object.fromEntries(absent) as Partial<Defaults>) };
}

/** A conversation as the model wants it to begin; a system message that it has already is kept. */
export function withOpening(
  messages: readonly ChatMessage[],
  { system, messages: opening }: ModelSettings,
): readonly ChatMessage[] {
  if (system === undefined && opening.length === 0) return messages;
  requireMessages(messages);
  const [first] = messages;
  const given = first?.role === "system" ? [first] : [];
  const told = given.length > 0 || system === undefined ? given : [{ role: "system", content: system }];
  return [...told, ...opening, ...messages.slice(given.length)];
}
