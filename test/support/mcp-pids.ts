import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

/** The processes of MCP servers that are started from now on. */
export function recordPids(): number[] {
  const pids: number[] = [];
  const transport = StdioClientTransport.prototype;
  const start = Object.getOwnPropertyDescriptor(transport, "start") as { value: typeof transport.start };
  transport.start = async function (this: StdioClientTransport): Promise<void> {
    await start.value.call(this);
    if (this.pid !== null) pids.push(this.pid);
  };
  return pids;
}
