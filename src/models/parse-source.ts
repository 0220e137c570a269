import type { ModelSource } from "./source.js";

const HF_NAME = /^hf:(?<repo>[\w.-]+\/[\w.-]+)(?:@(?<revision>[\w./-]+))?(?::(?<choice>[^:]+))?$/i;
const HF_PAGE =
  /^(?:https:\/\/)?(?:hf\.co|huggingface\.co)\/(?<repo>[\w.-]+\/[\w.-]+?)(?:\/(?:blob|resolve|tree)\/(?<revision>[^/?#:]+)(?:\/(?<path>[^?#:]+))?)?\/?(?::(?<tag>[^:/?#]+))?(?:[?#].*)?$/i;
const REGISTRY_NAME =
  /^(?<kind>ollama|docker):(?:(?<host>[\w-]+(?:\.[\w-]+)+(?::\d+)?|[\w-]+:\d+)\/)?(?<repository>[\w.-]+(?:\/[\w.-]+)*)(?::(?<tag>[\w.-]+))?$/i;
const PIP_NAME = /^pip:(?<package>[a-z\d][\w.-]*)==(?<version>[a-z\d][\w.!+-]*)\/(?<member>.+\.gguf)$/i;
const NPM_NAME =
  /^npm:(?<package>(?:@[a-z\d~-][\w.~-]*\/)?[a-z\d][\w.~-]*)(?:@(?<version>[a-z\d][\w.+-]*))?(?:\/(?<member>.+\.gguf))?$/i;
/** What npm would take for a file of this machine. */
const ARCHIVE = /\.(?:tgz|tar|tar\.gz)$/i;

/** Reads a source from a model name, or undefined where the name has another form. */
export function parseSource(name: string): ModelSource | undefined {
  return parseHuggingFace(name) ?? parsePip(name) ?? parseNpm(name) ?? parseRegistry(name) ?? parseWeb(name);
}

type Groups<Names extends string> = Partial<Record<Names, string>> | undefined;

function parseHuggingFace(name: string): ModelSource | undefined {
  const plain = HF_NAME.exec(name)?.groups as Groups<"repo" | "revision" | "choice">;
  if (plain?.repo !== undefined) return fromHub(plain.repo, plain.revision ?? "main", plain.choice);
  const page = HF_PAGE.exec(name)?.groups as Groups<"repo" | "revision" | "path" | "tag">;
  if (page?.repo === undefined) return undefined;
  const { path, revision = "main" } = page;
  if (path !== undefined && !/\.gguf$/i.test(path)) return undefined;
  return fromHub(page.repo, unescaped(revision), path === undefined ? page.tag : unescaped(path));
}

function fromHub(repo: string, revision: string, choice: string | undefined): ModelSource | undefined {
  if (climbs(repo, revision, choice ?? "")) return undefined;
  if (choice !== undefined && /\.gguf$/i.test(choice)) return { kind: "hf", repo, revision, file: choice };
  if (choice !== undefined && !/^[\w.-]+$/.test(choice)) return undefined;
  const quantization = choice?.toLowerCase() === "latest" ? undefined : choice?.toUpperCase();
  return { kind: "hf-repository", repo, revision, quantization };
}

function parsePip(name: string): ModelSource | undefined {
  const pip = PIP_NAME.exec(name)?.groups as Groups<"package" | "version" | "member">;
  if (pip?.package === undefined || pip.version === undefined || pip.member === undefined) return undefined;
  return { kind: "pip", package: pip.package, version: pip.version, member: pip.member };
}

function parseNpm(name: string): ModelSource | undefined {
  const npm = NPM_NAME.exec(name)?.groups as Groups<"package" | "version" | "member">;
  if (npm?.package === undefined) return undefined;
  const { version, member } = npm;
  if ([npm.package, version ?? ""].some((word) => ARCHIVE.test(word)) || climbs(member ?? "")) return undefined;
  return { kind: "npm", package: npm.package, version, member };
}

/** A first part with a dot or a port is a host; any other is a namespace. */
function parseRegistry(name: string): ModelSource | undefined {
  const found = REGISTRY_NAME.exec(name)?.groups as Groups<"kind" | "host" | "repository" | "tag">;
  if (found?.repository === undefined) return undefined;
  const { host, repository, tag = "latest" } = found;
  const kind = found.kind?.toLowerCase() === "ollama" ? "ollama" : "docker";
  if (climbs(repository)) return undefined;
  const namespace = kind === "ollama" ? "library" : "ai";
  return { kind, host, repository: repository.includes("/") ? repository : `${namespace}/${repository}`, tag };
}

/** A password in an address would be kept in the store's records: such a one is not taken. */
function parseWeb(name: string): ModelSource | undefined {
  if (!/^https?:\/\//i.test(name) || !URL.canParse(name)) return undefined;
  const url = new URL(name);
  if (!/\.gguf$/i.test(url.pathname) || url.username !== "" || url.password !== "") return undefined;
  url.hash = "";
  return { kind: "web", url: url.href };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function climbs(...paths: readonly string[]): boolean {
  return paths.some((path) => path.split("/").some((segment) => segment === ".." || segment === "."));
}
