/** Logits processors that are given as modules, since a function cannot be sent to another thread. */
import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { ArgumentError, MullamaError } from "../../errors.js";
import type { GenerationRequest } from "../generation-request.js";
import type { EngineRequest } from "../protocol.js";
import type { LogitsProcessor, LogitsProcessorModule } from "../sampling/sampling-options.js";

/** Whether a request names modules that must be imported before it can begin. */
export function namesModules(request: EngineRequest): request is Extract<EngineRequest, { type: "generate" }> {
  return (
    request.type === "generate" && processorsOf(request.request).some((processor) => typeof processor === "object")
  );
}

/** Whether a request holds functions, which only an engine on the same thread can call. */
export function holdsFunctions(request: EngineRequest): boolean {
  return (
    request.type === "generate" && processorsOf(request.request).some((processor) => typeof processor === "function")
  );
}

/** The request with functions in place of modules. */
export async function importProcessors(request: GenerationRequest): Promise<GenerationRequest> {
  const logitsProcessors = await Promise.all(processorsOf(request).map(importProcessor));
  return { ...request, logitsProcessors };
}

function processorsOf({ logitsProcessors }: GenerationRequest): readonly (LogitsProcessor | LogitsProcessorModule)[] {
  return Array.isArray(logitsProcessors) ? logitsProcessors : [];
}

async function importProcessor(processor: LogitsProcessor | LogitsProcessorModule): Promise<LogitsProcessor> {
  if (typeof processor === "function") return processor;
  const { module, export: name = "default", options } = processor;
  if (typeof module !== "string")
    throw new ArgumentError("logitsProcessors.module", "a URL or an absolute path", module);
  const url = isAbsolute(module) ? pathToFileURL(module).href : module;
  let exports: Record<string, unknown>;
  try {
    exports = (await import(url)) as Record<string, unknown>;
  } catch (cause) {
    throw new MullamaError("ARGUMENT_INVALID", `The logits processor's module ${module} cannot be imported.`, {
      cause,
    });
  }
  const make = exports[name];
  if (typeof make !== "function") {
    throw new ArgumentError("logitsProcessors.export", `a function that ${module} exports`, name);
  }
  return (await make(options)) as LogitsProcessor;
}
