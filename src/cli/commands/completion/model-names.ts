import { listCatalogue, ModelStore } from "../../../models/index.js";
import { shortName } from "../../../models/store/record-name.js";
import { formatBytes } from "../../progress-line.js";
import { FILES } from "./option-values.js";

/** Commands that fetch what is not here yet. */
const fetching = new Set(["run", "pull", "embed", "rerank", "tokenize", "bench"]);
/** Commands that take names of the store only. */
const storeOnly = new Set(["rm", "stop", "cp", "push"]);

/** Names of models that a command takes: those of the store, and what can be fetched. */
export async function modelNames(command: string): Promise<readonly string[]> {
  const records = await new ModelStore().records();
  const stored = new Map(records.map((one) => [shortName(one.name), one] as const));
  const known = fetching.has(command) ? listCatalogue().map(({ name, description }) => `${name}\t${description}`) : [];
  const fresh = known.filter((line) => !stored.has(line.slice(0, line.indexOf("\t"))));
  const here = [...stored].map(([name, { files }]) => {
    const size = files.reduce((sum, file) => sum + file.size, 0);
    return `${name}\ton this machine, ${formatBytes(size)}`;
  });
  return [...here.sort(), ...fresh, ...(storeOnly.has(command) ? [] : [`${FILES}\t*.gguf`])];
}
