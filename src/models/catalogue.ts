import type { CatalogueEntry } from "./catalogue/catalogue-entry.js";
import { google } from "./catalogue/google.js";
import { meta } from "./catalogue/meta.js";
import { mistral } from "./catalogue/mistral.js";
import { others } from "./catalogue/others.js";
import { qwen } from "./catalogue/qwen.js";
import { retrieval } from "./catalogue/retrieval.js";
import { smallest } from "./catalogue/verified.js";
import { shortName } from "./store/record-name.js";

export type { CatalogueEntry, ModelCapability } from "./catalogue/catalogue-entry.js";

const ENTRIES: readonly CatalogueEntry[] = [smallest, ...others, ...qwen, ...google, ...meta, ...mistral, ...retrieval];

/**
 * Lists the models that mullama knows by name, in a fixed order.
 *
 * @example
 * for (const { name, size, license } of listCatalogue()) console.log(name, size, license);
 */
export function listCatalogue(): readonly CatalogueEntry[] {
  return ENTRIES;
}

/**
 * Finds an entry by its name, whatever its case.
 * A family without a variant (`smollm2`), or with `latest` for one, means the first entry of that family.
 */
export function findInCatalogue(name: string): CatalogueEntry | undefined {
  const wanted = shortName(name.toLowerCase());
  return ENTRIES.find((entry) => entry.name === wanted) ?? ENTRIES.find((entry) => entry.name.startsWith(`${wanted}:`));
}
