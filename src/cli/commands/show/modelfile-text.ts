import { formatModelfile, modelfileOf } from "../../../models/modelfile/index.js";
import type { ShownModel } from "./shown-model.js";

/** A Modelfile that says what the model is. */
export function modelfileText({ resolved }: ShownModel): readonly string[] {
  const { definition = {}, path, projector, adapters = [], draft, source } = resolved;
  const { modelfile, notes } = modelfileOf(definition, {
    from: source === "file" ? path : source,
    files: projector === undefined ? [] : [projector],
    adapters: adapters.map((adapter) => adapter.path),
    ...(draft === undefined ? {} : { draft }),
  });
  return [...notes.map((note) => `# ${note}`), formatModelfile(modelfile).trimEnd()];
}
