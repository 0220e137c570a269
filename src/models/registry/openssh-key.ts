import { createPrivateKey, type KeyObject } from "node:crypto";
import { MullamaError } from "../../errors.js";

/** A key pair of the kind Ed25519. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  /** The public key as programs of OpenSSH exchange it, in base64. */
  readonly publicKey: string;
}

const MAGIC = "openssh-key-v1\0";
const KIND = "ssh-ed25519";

/**
 * Reads a private key as `ssh-keygen -t ed25519` writes it.
 *
 * @throws {MullamaError} `UNSUPPORTED` for another kind of key, and for one behind a passphrase
 */
export function readPrivateKey(text: string): KeyPair {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----(?<body>[^-]+)-----END/.exec(text)?.groups?.["body"];
  const bytes = Buffer.from(body ?? "", "base64");
  if (bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) throw unsupported("is no private key of OpenSSH");
  const fields = new Fields(bytes.subarray(MAGIC.length));
  if (fields.text() !== "none") throw unsupported("has a passphrase");
  fields.text();
  fields.next();
  if (fields.number() !== 1) throw unsupported("is not one key");
  const publicKey = fields.next().toString("base64");
  const secret = new Fields(fields.next());
  if (secret.number() !== secret.number()) throw unsupported("is damaged");
  if (secret.text() !== KIND) throw unsupported("is of another kind than Ed25519");
  const x = secret.next().toString("base64url");
  // The 32 bytes that all is made of, and the public key again.
  const d = secret.next().subarray(0, 32).toString("base64url");
  const key = { kty: "OKP", crv: "Ed25519", x, d };
  try {
    return { privateKey: createPrivateKey({ key, format: "jwk" }), publicKey };
  } catch {
    throw unsupported("is damaged");
  }
}

/** Values one behind another: numbers of four bytes, and bytes behind their number. */
class Fields {
  #rest: Buffer;

  constructor(bytes: Buffer) {
    this.#rest = bytes;
  }

  number(): number {
    return this.#take(4).readUInt32BE();
  }

  next(): Buffer {
    return this.#take(this.number());
  }

  text(): string {
    return this.next().toString("latin1");
  }

  #take(count: number): Buffer {
    if (count > this.#rest.length) throw unsupported("is damaged");
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return taken;
  }
}

function unsupported(why: string): MullamaError {
  return new MullamaError("UNSUPPORTED", `It ${why}.`);
}
