import { listCatalogue, ModelStore } from "../../../models/index.js";

/** Commands that fetch what is not here yet. */
const fetching = new Set(["run", "pull", "embed", "rerank", "tokenize", "bench"]);
/** Commands that take names of the store only. */
const storeOnly = new Set(["rm", "stop", "cp", "push"]);

/** Names of models that a command takes: those of the store, and what can be fetched. */
export async function modelNames(command: string): Promise<readonly string[]> {
  const records = await new ModelStore().records();
  const stored = records.map(({ name }) => name.replace(/:latest$/, "")).sort();
  const known = fetching.has(command) ? listCatalogue().map(({ name, description }) => `${name}\t${description}`) : [];
  const fresh = known.filter((line) => !stored.includes(line.slice(0, line.indexOf("\t"))));
  const here = stored.map((name) => `${name}\ton this machine`);
  return [...here, ...fresh, ...(storeOnly.has(command) ? [] : [":files"])];
}
