import { createHash } from "node:crypto";
import { ArgumentError } from "../../errors.js";

/** Names that begin so mean a source, and are kept as they are: what follows may tell upper case from lower. */
const SOURCE = /^(?:hf|ollama|docker|oci|npm|pip|https?|file):/i;
const SEGMENT = /^[a-z\d](?:[a-z\d._-]{0,126}[a-z\d_-])?$/i;
const FORM =
  "a name such as llama, llama:8b or me/llama:8b: letters, digits, '.', '_' and '-', not beginning or ending in a '.'";

/** Whether a name means a source, such as `hf:org/repo:file.gguf`. */
export function isSourceName(name: string): boolean {
  return SOURCE.test(name);
}

/**
 * The one form in which the store knows a name: `llama` is `llama:latest`.
 *
 * @throws {ArgumentError} for what no model of the store can be called
 */
export function canonicalName(name: string): string {
  if (typeof name !== "string" || name.length > 1024 || name.includes("\0"))
    throw new ArgumentError("name", FORM, name);
  if (isSourceName(name)) {
    if (/^\w+:$/.test(name)) throw new ArgumentError("name", FORM, name);
    return name;
  }
  const at = name.lastIndexOf(":");
  const [path, tag] = at > name.lastIndexOf("/") ? [name.slice(0, at), name.slice(at + 1)] : [name, "latest"];
  const segments = path.split("/");
  const [host = "", ...rest] = segments;
  // A host may have a port, where a namespace and a name follow.
  const hostName = segments.length === 3 ? host.replace(/:\d{1,5}$/, "") : host;
  if (segments.length > 3 || ![hostName, ...rest, tag].every((segment) => SEGMENT.test(segment)))
    throw new ArgumentError("name", FORM, name);
  return `${path}:${tag}`;
}

/** The short form of a name, as people write it: without the tag that stands for none. */
export function shortName(name: string): string {
  return name.replace(/:latest$/, "");
}

/**
 * The name of a record's file. It says nothing of the name's case, so that a disk that does not tell upper case from
 * lower behaves as one that does; and nothing in a name can lead out of the folder.
 */
export function recordFileName(canonical: string): string {
  const key = isSourceName(canonical) ? canonical : canonical.toLowerCase();
  return `${createHash("sha256").update(key).digest("hex").slice(0, 16)}.json`;
}
