import { readServiceRecord } from "./service-file.js";
import { ServiceClient } from "./service-client.js";

/** The service that `MULLAMA_HOST` names, with `MULLAMA_API_KEY` if it is set; undefined where it names none. */
export function serviceElsewhere(): ServiceClient | undefined {
  const host = process.env["MULLAMA_HOST"] ?? "";
  return host === "" ? undefined : new ServiceClient(addressOf(host), process.env["MULLAMA_API_KEY"]);
}

/** The service that `MULLAMA_HOST` names, or the one of this user that runs; undefined where there is none. */
export async function findService(): Promise<ServiceClient | undefined> {
  const elsewhere = serviceElsewhere();
  if (elsewhere !== undefined) return elsewhere;
  const record = readServiceRecord();
  if (record === undefined || !isRunning(record.pid)) return undefined;
  const client = new ServiceClient(record.url, record.key);
  return (await client.answers()) ? client : undefined;
}

/** `example.com`, `:8080` and `https://example.com/llm` are addresses, too. */
function addressOf(host: string): string {
  if (/^https?:\/\//.test(host)) return host;
  const [name = "", port = "11434"] = host.split(":");
  return `http://${name === "" || name === "0.0.0.0" ? "127.0.0.1" : name}:${port}`;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
