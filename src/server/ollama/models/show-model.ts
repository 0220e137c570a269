import type { Context } from "hono";
import { z } from "zod";
import { type GgufHeader, metadataString, validateModelFile } from "../../../gguf/index.js";
import { formatModelfile, modelfileOf } from "../../../models/modelfile/index.js";
import type { ServedModel } from "../../directory/served-model.js";
import { readBody } from "../../http/read-body.js";
import type { ServerEnv } from "../../server-env.js";
import type { Services } from "../../services.js";
import { emptyText, modelFields, modelOf } from "../model-name.js";
import { capabilitiesOf } from "./capabilities.js";
import { describeModel, type ModelDescription } from "./describe-model.js";
import { detailsOf } from "./model-details.js";
import { modelInfoOf } from "./model-info.js";

const asItIs = "A model is shown as it is: it must be empty.";
export const showRequestSchema = z.strictObject({
  ...modelFields,
  verbose: z
    .boolean()
    .default(false)
    .describe("Whether tensors and long lists of the metadata are given, too. Default false."),
  system: emptyText(asItIs).describe("Must be empty."),
  template: emptyText(asItIs).describe("Must be empty."),
  options: z.strictObject({}, asItIs).optional().describe("Must be empty."),
});

/** `POST /api/show`: what a model is. */
export async function showModel(context: Context<ServerEnv>, services: Services): Promise<Response> {
  const request = await readBody(context, showRequestSchema, services.limits);
  const served = await services.directory.find(modelOf(request));
  const model = await describeModel(served);
  const header = validateModelFile(model.path);
  return context.json({ ...saidOf(model, served, header), ...(await madeOf(model, header, request.verbose)) });
}

/** What is said of its use. */
function saidOf(model: ModelDescription, served: ServedModel, { metadata }: GgufHeader): object {
  const defaults = { ...model.definition.defaults, ...served.defaults };
  const system = served.system ?? model.definition.system;
  const { goTemplate } = model.definition;
  const template = goTemplate ?? model.definition.template ?? metadataString(metadata, "tokenizer.chat_template");
  const definition = { ...model.definition, defaults, system, template };
  const { modelfile } = modelfileOf(definition, { from: served.id });
  const { licenses = [] } = definition;
  return {
    ...(licenses.length === 0 ? {} : { license: licenses.join("\n") }),
    modelfile: formatModelfile(modelfile),
    parameters: modelfile.parameters
      .map(({ name, value }) => `${name.padEnd(30)} ${typeof value === "string" ? JSON.stringify(value) : value}`)
      .join("\n"),
    template: template ?? "",
    ...(system === undefined ? {} : { system }),
    ...(modelfile.messages.length === 0 ? {} : { messages: modelfile.messages }),
  };
}

/** What it is made of. */
async function madeOf(model: ModelDescription, header: GgufHeader, verbose: boolean): Promise<object> {
  const tensors = [...header.tensors.values()].map(({ name, type, shape }) => ({
    name,
    type: type.toUpperCase(),
    shape,
  }));
  return {
    details: detailsOf(model),
    model_info: modelInfoOf(header, model.info?.parameters ?? 0, verbose),
    ...(verbose ? { tensors } : {}),
    capabilities: await capabilitiesOf(header, model),
    modified_at: model.modified.toISOString(),
  };
}
