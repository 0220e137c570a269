import { parseSource } from "../parse-source.js";
import type { ModelSource } from "../source.js";
import type { CatalogueEntry, ModelCapability } from "./catalogue-entry.js";

/** What the models of a family have in common. */
interface Family {
  readonly name: string;
  readonly title: string;
  readonly license: string;
  readonly capabilities: readonly ModelCapability[];
  /** Default `Q4_K_M`. */
  readonly quantization?: string;
}

/** What sets a model apart from its family. */
interface Variant extends Partial<Omit<Family, "name">> {
  readonly file?: string;
  /** Its name in Ollama's library. */
  readonly ollama?: string;
}

/** Its tag, its parameters and its bytes on disk, both in thousands of millions, and its repository on Hugging Face. */
type Row = readonly [tag: string, parameters: number, gigabytes: number, repo: string, variant?: Variant];

/**
 * The entries of a family, the one that its name alone means first.
 *
 * A file is named as its repository, without `-GGUF` and with the quantization, unless the row says otherwise.
 */
export function family(common: Family, rows: readonly Row[]): CatalogueEntry[] {
  return rows.map(([tag, parameters, gigabytes, repo, variant = {}]) => {
    const all: Family & Variant = { ...common, ...variant };
    const { title, license, capabilities, quantization = "Q4_K_M", file, ollama } = all;
    const base = repo.slice(repo.indexOf("/") + 1).replace(/-gguf$/i, "");
    const names = [
      `hf:${repo}:${file ?? `${base}-${quantization}.gguf`}`,
      ollama === undefined ? "" : `ollama:${ollama}`,
    ];
    return {
      name: `${common.name}:${tag}`,
      description: `${title} ${tag}, ${quantization}`,
      size: Math.round(gigabytes * 1e9),
      parameters: Math.round(parameters * 1e9),
      quantization,
      license,
      capabilities,
      verified: false,
      sources: names.map((name): ModelSource | undefined => parseSource(name)).filter((source) => source !== undefined),
    };
  });
}
