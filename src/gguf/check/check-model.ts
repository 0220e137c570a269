import { GgufError } from "../error.js";
import type { GgufHeader } from "../header.js";
import { metadataString } from "../metadata.js";
import { checkHeadSizes } from "./check-head-sizes.js";
import { checkHyperparameters } from "./check-hyperparameters.js";
import { checkRecurrent } from "./check-recurrent.js";
import { checkRequiredTensors } from "./check-required-tensors.js";
import { checkTensorTypes } from "./check-tensor-types.js";
import { checkVocabulary } from "./check-vocabulary.js";

/**
 * Refuses a model whose metadata or tensors would make llama.cpp end the whole process: it reports many faults, but
 * asserts on others. What llama.cpp reports by itself passes here.
 *
 * @throws GgufError naming the key or tensor and what it must be.
 * @example
 * const header = validateGgufFile("model.gguf");
 * checkModelMetadata(header);
 */
export function checkModelMetadata(header: GgufHeader): void {
  const architecture = metadataString(header.metadata, "general.architecture");
  if (architecture === undefined) throw new GgufError("general.architecture is missing, so it is no model");
  checkHyperparameters(header, architecture);
  checkHeadSizes(header, architecture);
  checkRecurrent(header, architecture);
  checkVocabulary(header, architecture);
  checkTensorTypes(header);
  checkRequiredTensors(header, architecture);
}
