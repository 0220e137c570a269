import { ArgumentError } from "../../errors.js";
import { parseSource } from "../parse-source.js";
import type { RegistrySource } from "../source.js";
import { isSourceName } from "../store/record-name.js";

const FORM = "namespace/name[:tag], for another registry than the usual one host/namespace/name[:tag]";

/** Where a name says that a model is to be pushed to. @throws {ArgumentError} for a name of another form */
export function destinationOf(name: string): RegistrySource {
  const plain = name.replace(/^ollama:/i, "");
  const source = isSourceName(plain) ? undefined : parseSource(`ollama:${plain}`);
  // What has no namespace is of the registry's own library.
  const isNamed = source?.kind === "ollama" && plain.toLowerCase().includes(source.repository.toLowerCase());
  if (isNamed) return source;
  throw new ArgumentError("destination", FORM, name);
}
