import { MullamaError } from "../../errors.js";
import { closest, listing } from "../suggest.js";
import { preferredOf, quantizationOf } from "./quantization.js";

/** The files of a model in a repository. */
export interface ChosenFiles {
  /** The GGUF file, or its parts in order. */
  readonly files: readonly string[];
  /** What sees and hears for it. */
  readonly projector: string | undefined;
}

const PART = /-(?<index>\d{5})-of-(?<count>\d{5})(?=\.gguf$)/i;

/**
 * Chooses a model's files among those of a repository.
 *
 * @param wanted a file's path, a quantization in upper or lower case, or undefined for the usual one
 * @throws {MullamaError} `MODEL_NOT_FOUND` with what there is, where none or more than one is meant
 */
export function chooseFiles(repo: string, paths: readonly string[], wanted: string | undefined): ChosenFiles {
  const files = paths.filter((path) => /\.gguf$/i.test(path));
  const models = files.filter((path) => !/mmproj|imatrix/i.test(baseName(path)));
  const path =
    wanted !== undefined && /\.gguf$/i.test(wanted) ? named(repo, files, wanted) : byQuantization(repo, models, wanted);
  return { files: partsIn(repo, files, path), projector: projectorFor(path, files) };
}

/** All parts of a split model, from the name of any of them. */
export function partsOf(path: string): string[] {
  const count = Number(PART.exec(path)?.groups?.["count"] ?? 1);
  if (count === 1 || count > 1000) return [path];
  return Array.from({ length: count }, (_, index) =>
    path.replace(PART, `-${String(index + 1).padStart(5, "0")}-of-${String(count).padStart(5, "0")}`),
  );
}

function partsIn(repo: string, files: readonly string[], path: string): string[] {
  const parts = partsOf(path);
  const missing = parts.find((part) => !files.includes(part));
  if (missing === undefined) return parts;
  throw new MullamaError("MODEL_NOT_FOUND", `${repo} lacks ${missing}, a part of the model.`);
}

function named(repo: string, files: readonly string[], wanted: string): string {
  const path =
    files.find((each) => each === wanted) ?? files.find((each) => each.toLowerCase() === wanted.toLowerCase());
  if (path !== undefined) return path;
  const near = closest(wanted, files) ?? files.find((each) => baseName(each) === baseName(wanted));
  throw new MullamaError("MODEL_NOT_FOUND", `${repo} has no file ${wanted}.`, {
    hint: near === undefined ? `It has ${listing(files)}.` : `Did you mean ${near}?`,
  });
}

function byQuantization(repo: string, models: readonly string[], wanted: string | undefined): string {
  const firsts = models.filter((path) => partsOf(path)[0] === path);
  if (firsts.length === 0)
    throw new MullamaError("MODEL_NOT_FOUND", `${repo} has no GGUF file.`, {
      hint: "Repositories that have some often end in -GGUF.",
    });
  const tags = firsts.map((path) => quantizationOf(path)).filter((tag) => tag !== undefined);
  const tag = wanted?.toUpperCase() ?? preferredOf(tags);
  const found = tag === undefined ? firsts : matching(firsts, tag);
  const [path] = found;
  if (path !== undefined && found.length === 1) return path;
  if (path === undefined) {
    const choices = [...new Set(tags)];
    const near = closest(tag ?? "", choices);
    throw new MullamaError("MODEL_NOT_FOUND", `${repo} has no ${tag}.`, {
      hint: `${near === undefined ? "" : `Did you mean ${near}? `}It has ${listing(choices.length > 0 ? choices : firsts)}.`,
    });
  }
  const what = tag === undefined ? "several models" : `several files of ${tag}`;
  throw new MullamaError("MODEL_NOT_FOUND", `${repo} has ${what}.`, {
    hint: `Name one of ${listing(found)}, as in hf:${repo}:${path}.`,
  });
}

/** The files of a quantization; of those that only end so, as `UD-Q4_K_XL` does, where no other is. */
function matching(paths: readonly string[], tag: string): string[] {
  const exact = paths.filter((path) => quantizationOf(path) === tag);
  if (exact.length > 0) return exact;
  const ending = paths.filter((path) => quantizationOf(path)?.endsWith(`-${tag}`));
  return ending.length > 0 ? ending : paths.filter((path) => words(path).includes(tag));
}

function words(path: string): string {
  return path.toUpperCase().replace(/\.GGUF$/, "");
}

/** The projector of a model, among the files of its repository: in its folder or the nearest above it, in the precision that all backends compute well. */
export function projectorFor(model: string, files: readonly string[]): string | undefined {
  if (/mmproj/i.test(baseName(model))) return undefined;
  const found = files.filter((path) => /mmproj/i.test(baseName(path)));
  const near = found.filter((path) => folderOf(model).startsWith(folderOf(path)));
  const deepest = Math.max(...near.map((path) => folderOf(path).length));
  const beside = near.filter((path) => folderOf(path).length === deepest);
  const order = ["F16", "BF16", "F32", "Q8_0"];
  return order.map((tag) => beside.find((path) => quantizationOf(path) === tag)).find(Boolean) ?? beside[0];
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}
