import type * as client from "@modelcontextprotocol/client";
import type * as stdio from "@modelcontextprotocol/client/stdio";
import { MullamaError } from "../../errors.js";

/** The official client, which only those install who use it. */
export interface Sdk {
  readonly client: typeof client;
  readonly stdio: typeof stdio;
}

/** @throws {MullamaError} `UNSUPPORTED` where it is not installed */
export async function loadSdk(): Promise<Sdk> {
  try {
    const [main, process] = await Promise.all([
      import("@modelcontextprotocol/client"),
      import("@modelcontextprotocol/client/stdio"),
    ]);
    return { client: main, stdio: process };
  } catch (error) {
    throw new MullamaError("UNSUPPORTED", "The package @modelcontextprotocol/client cannot be loaded.", {
      cause: error,
      hint: "Install it: npm install @modelcontextprotocol/client",
    });
  }
}
