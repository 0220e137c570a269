import { generateKeyPairSync } from "node:crypto";

/** A new key of the kind Ed25519 as ssh-keygen writes it, and its public half in base64. */
export function opensshKey(changes: { readonly cipher?: string; readonly kind?: string } = {}): {
  readonly privateKey: string;
  readonly publicKey: string;
} {
  const { cipher = "none", kind = "ssh-ed25519" } = changes;
  const { d = "", x = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const [secret, point] = [Buffer.from(d, "base64url"), Buffer.from(x, "base64url")];
  const publicKey = Buffer.concat([field(kind), field(point)]);
  const check = number(0x1234_5678);
  const both = field(Buffer.concat([secret, point]));
  const inner = Buffer.concat([
    check,
    check,
    field(kind),
    field(point),
    both,
    field("me@here"),
    Buffer.from([1, 2, 3]),
  ]);
  const magic = Buffer.from("openssh-key-v1\0");
  const outer = Buffer.concat([
    magic,
    field(cipher),
    field("none"),
    field(""),
    number(1),
    field(publicKey),
    field(inner),
  ]);
  const lines = outer.toString("base64").replace(/(.{70})/g, "$1\n");
  const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
  return { privateKey: text, publicKey: publicKey.toString("base64") };
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([number(bytes.length), bytes]);
}
