import { BlockList, isIP } from "node:net";

const privateAddresses = new BlockList();
for (const [address, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const)
  privateAddresses.addSubnet(address, prefix, "ipv4");
for (const [address, prefix] of [
  ["::", 127],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const)
  privateAddresses.addSubnet(address, prefix, "ipv6");

/** Whether an address is of this machine, of a network that is not the internet, or of none. */
export function isPrivateAddress(address: string): boolean {
  const plain = address.replace(/^\[|\]$/g, "");
  const mapped = mappedAddress(plain);
  if (mapped !== undefined) return privateAddresses.check(mapped, "ipv4");
  return privateAddresses.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
}

/** The IPv4 address in `::ffff:7f00:1` or `::ffff:127.0.0.1`. */
function mappedAddress(address: string): string | undefined {
  const tail = /^::(?:ffff:)?(?<tail>[\d.]+|[\da-f]{1,4}:[\da-f]{1,4})$/i.exec(address)?.groups?.["tail"];
  if (tail === undefined || isIP(tail) === 4) return tail;
  const [high = 0, low = 0] = tail.split(":").map((part) => Number.parseInt(part, 16));
  return isIP(address) === 6 && tail.includes(":") ? `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}` : undefined;
}
