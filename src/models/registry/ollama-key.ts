import { sign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { MullamaError } from "../../errors.js";
import { type KeyPair, readPrivateKey } from "./openssh-key.js";

/** The key that Ollama's registry knows a user by, or why there is none. */
export interface FoundKey {
  readonly key?: KeyPair | undefined;
  /** What to do where the registry refuses, as sentences. */
  readonly advice: string;
}

const PAGE = "https://ollama.com/settings/keys";

/** Looks for the key: what `MULLAMA_OLLAMA_KEY` names, or else where Ollama has it. */
export async function findOllamaKey(): Promise<FoundKey> {
  const path = process.env["MULLAMA_OLLAMA_KEY"] || join(homedir(), ".ollama", "id_ed25519");
  const text = await readFile(path, "utf8").catch(() => "");
  if (text === "")
    return {
      advice: `Ollama's registry knows users by a key, and there is none at ${path}: make one with ssh-keygen -t ed25519 -N "" -f ${path}, and add what ${path}.pub says at ${PAGE}.`,
    };
  try {
    const key = readPrivateKey(text);
    return { key, advice: `Add this key at ${PAGE}, if it is not there: ssh-ed25519 ${key.publicKey}` };
  } catch (error) {
    if (!MullamaError.isInstance(error)) throw error;
    return { advice: `The key at ${path}, by which Ollama's registry knows users, cannot be used. ${error.message}` };
  }
}

/** The digest of a body that is empty, as it is signed. */
const NO_BODY = "ZTNiMGM0NDI5OGZjMWMxNDlhZmJmNGM4OTk2ZmI5MjQyN2FlNDFlNDY0OWI5MzRjYTQ5NTk5MWI3ODUyYjg1NQ==";

/** The header `Authorization` for a question without a body: who asks, and that it was them who asked this. */
export function signedBy({ privateKey, publicKey }: KeyPair, address: string): string {
  const signature = sign(undefined, Buffer.from(`GET,${address},${NO_BODY}`), privateKey);
  return `${publicKey}:${signature.toString("base64")}`;
}
