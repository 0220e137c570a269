import { once } from "node:events";
import { connect } from "node:net";

/** Sends bytes as they are, one a character, and gives what comes back until the server hangs up, or has said nothing for a while. */
export async function sendRaw(port: number, ...parts: readonly string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.setTimeout(1000, () => socket.destroy());
  let answer = "";
  socket.on("data", (bytes: Buffer) => (answer += bytes.toString("latin1")));
  for (const part of parts) socket.write(part, "latin1");
  await once(socket, "close");
  return answer;
}
