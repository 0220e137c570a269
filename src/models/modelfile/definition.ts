import type { ModelDefinition } from "../model-record.js";
import { defaultsToParams } from "./defaults-to-params.js";
import { convertGoTemplate } from "./go-template/convert.js";
import { isGoTemplate } from "./go-template/detect.js";
import type { Modelfile, ModelfileRole, ParameterValue } from "./modelfile.js";
import { modelfileRoles } from "./modelfile.js";
import { type ParameterName, parameterNames } from "./parameters.js";
import { paramsToDefaults } from "./params.js";

/** The models and files that a Modelfile names, as they are written there. */
export interface ModelReferences {
  readonly from: string;
  /** Further files of the model, such as its projector. */
  readonly files: readonly string[];
  readonly adapters: readonly string[];
  readonly draft?: string | undefined;
}

/** What a Modelfile means. */
export interface DefinedModel {
  readonly definition: ModelDefinition;
  readonly references: ModelReferences;
  /** What has no effect here, or another one than in Ollama, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Says what a Modelfile means: how the model is used, and which models and files it names.
 *
 * @throws {MullamaError} `TEMPLATE_UNSUPPORTED` for a Go template that cannot be said in Jinja
 *
 * @example
 * const { definition, references, notes } = definitionOf(parseModelfile(text));
 */
export function definitionOf(modelfile: Modelfile): DefinedModel {
  const { parameters, template, system, messages, licenses, adapters, draft, requires } = modelfile;
  const [from = "", ...files] = modelfile.from;
  const params = new Map<ParameterName, ParameterValue | string[]>();
  for (const { name, value } of parameters) {
    const earlier = params.get(name);
    if (name !== "stop") params.set(name, value);
    else if (Array.isArray(earlier)) earlier.push(String(value));
    else params.set(name, [String(value)]);
  }
  const { defaults, maxDraft, notes } = paramsToDefaults(Object.fromEntries(params));
  const definition: ModelDefinition = {
    ...(template === undefined ? {} : templateFields(template)),
    ...(system === undefined ? {} : { system }),
    ...(Object.keys(defaults).length === 0 ? {} : { defaults }),
    ...(messages.length === 0 ? {} : { messages }),
    ...(licenses.length === 0 ? {} : { licenses }),
    ...(maxDraft === undefined ? {} : { speculation: { maxDraft } }),
    ...(requires === undefined ? {} : { requiresOllama: requires }),
  };
  return {
    definition,
    references: { from, files, adapters, ...(draft === undefined ? {} : { draft }) },
    notes: [...notes, ...builtInNotes(modelfile)],
  };
}

/** What a record says of a template of a Modelfile or a `mullama.json`: the Jinja, and the Go text that it was before. */
export function templateFields(template: string): Pick<ModelDefinition, "template" | "goTemplate"> {
  return { template: jinjaOf(template), ...(isGoTemplate(template) && { goTemplate: template }) };
}

/** A template of a Modelfile or a `mullama.json` as Jinja. */
export function jinjaOf(template: string): string {
  return isGoTemplate(template) ? convertGoTemplate(template).template : template;
}

function builtInNotes({ renderer, parser, requires }: Modelfile): string[] {
  const notes: string[] = [];
  if (renderer !== undefined)
    notes.push(`RENDERER ${renderer} is built into Ollama: here the model's own template writes prompts`);
  if (parser !== undefined)
    notes.push(`PARSER ${parser} is built into Ollama: here the form of answers is found out from the template`);
  if (requires !== undefined)
    notes.push(`REQUIRES ${requires} is a version of Ollama: it is kept for Ollama, and says nothing of mullama`);
  return notes;
}

/**
 * Writes what a model is as a Modelfile.
 *
 * @returns the Modelfile, and what it cannot say, a sentence each
 */
export function modelfileOf(
  definition: ModelDefinition,
  references: Partial<ModelReferences> & Pick<ModelReferences, "from">,
): { readonly modelfile: Modelfile; readonly notes: readonly string[] } {
  const { template, goTemplate = template, system, defaults = {}, messages = [], licenses = [] } = definition;
  const { speculation, requires, requiresOllama } = definition;
  const { from, files = [], adapters = [], draft } = references;
  const { params, left } = defaultsToParams(defaults, speculation);
  const notes = left.map((name) => `${name} cannot be said in a Modelfile; a mullama.json can`);
  if (requires !== undefined) notes.push("requires is a version of mullama, which a Modelfile cannot say");
  const said: { role: ModelfileRole; content: string }[] = [];
  for (const { role, content } of messages) {
    const known = modelfileRoles.find((one) => one === role);
    if (known !== undefined && typeof content === "string") said.push({ role: known, content });
    else notes.push(`a message of the role ${role} cannot be said in a Modelfile; a mullama.json can`);
  }
  const modelfile: Modelfile = {
    from: [from, ...files],
    parameters: parameterNames.flatMap((name) => valuesOf(params[name]).map((value) => ({ name, value }))),
    adapters,
    messages: said,
    licenses,
    ...(goTemplate === undefined ? {} : { template: goTemplate }),
    ...(system === undefined ? {} : { system }),
    ...(draft === undefined ? {} : { draft }),
    ...(requiresOllama === undefined ? {} : { requires: requiresOllama }),
  };
  return { modelfile, notes };
}

function valuesOf(value: ParameterValue | readonly string[] | undefined): readonly ParameterValue[] {
  if (value === undefined) return [];
  return typeof value === "object" ? value : [value];
}
