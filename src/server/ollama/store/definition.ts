import type { ModelDefinition } from "../../../models/index.js";
import { templateFields } from "../../../models/modelfile/index.js";
import { readOptions } from "../answer/read-options.js";
import type { CreateRequest } from "./create-request.js";

/** What a request says of a model's use; what it leaves empty is as the model has it that it is made from. */
export function definitionOf(request: CreateRequest): ModelDefinition {
  const { template, system, parameters, messages, license } = request;
  const licenses = [license].flat().filter((text) => text !== "");
  const { load, request: answers } = readOptions(parameters);
  const defaults = { ...load, ...answers };
  return {
    ...(template === "" ? {} : templateFields(template)),
    ...(system === "" ? {} : { system }),
    ...(Object.keys(defaults).length === 0 ? {} : { defaults }),
    ...(messages.length === 0 ? {} : { messages }),
    ...(licenses.length === 0 ? {} : { licenses }),
  };
}
