import { existsSync } from "node:fs";
import { metadataString, validateGgufFile } from "../../../gguf/index.js";
import type { CreateModelOptions, ModelStore } from "../../../models/index.js";
import { HttpError } from "../../http/http-error.js";
import { hexOf } from "./blobs.js";

/** Files by their names, each with the digest of its bytes. */
export type NamedFiles = Readonly<Record<string, string>>;

type Parts = Pick<CreateModelOptions, "projector" | "adapters"> & { readonly from: readonly string[] };

/**
 * Tells what each of a model's files is for.
 *
 * @param files of the model, the parts of a split one in the order of their names; its projector may be among them
 * @throws {MullamaError} `GGUF_INVALID`; `ARGUMENT_INVALID` for a file that the store does not have
 */
export function partsOf(store: ModelStore, files: NamedFiles, adapters: NamedFiles): Parts {
  const own = digestsOf(store, files);
  const projectors = own.filter((digest) => architectureOf(store, digest) === "clip");
  if (projectors.length > 1)
    throw new HttpError("ARGUMENT_INVALID", "files: A model has one projector.", { param: "files" });
  const [projector] = projectors;
  const given = digestsOf(store, adapters);
  return {
    from: own.filter((digest) => digest !== projector),
    ...(projector === undefined ? {} : { projector }),
    ...(given.length === 0 ? {} : { adapters: given.map((path) => ({ path })) }),
  };
}

/** The digests of files that the store has, by their names. */
function digestsOf(store: ModelStore, files: NamedFiles): string[] {
  const sorted = Object.entries(files).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([name, digest]) => {
    const hex = hexOf(digest);
    if (existsSync(store.pathOf(hex))) return `sha256:${hex}`;
    throw new HttpError("ARGUMENT_INVALID", `files: The bytes of ${JSON.stringify(name)} are not here.`, {
      param: "files",
      hint: `Post them to /api/blobs/sha256:${hex}.`,
    });
  });
}

function architectureOf(store: ModelStore, digest: string): string | undefined {
  return metadataString(validateGgufFile(store.pathOf(hexOf(digest))).metadata, "general.architecture");
}
