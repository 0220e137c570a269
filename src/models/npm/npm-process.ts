import { MullamaError } from "../../errors.js";
import { aborted } from "../cancel.js";
import type { NetworkPolicy } from "../fetch-job.js";
import { runProgram } from "../run-program.js";

/** What npm said when it failed. */
export class NpmFailure extends MullamaError {
  /** npm's own code, such as `E404`. */
  readonly npmCode: string;

  constructor(npmCode: string, message: string, hint?: string) {
    super("DOWNLOAD_FAILED", message, { hint });
    this.npmCode = npmCode;
  }
}

const HINTS: Readonly<Record<string, string>> = {
  E401: "Log in to the registry with npm login.",
  E403: "Log in to the registry with npm login.",
  EINTEGRITY: "What came is not what the registry says of the package: try again, or clear npm's cache.",
};

/**
 * Runs the user's npm, in the folder that this process is in, so that what it is configured for there holds.
 *
 * @param args none with blanks or quotes in it, as Windows starts npm through its shell
 * @param directory where its temporary files go
 * @returns the JSON that it prints
 * @throws {NpmFailure} with npm's own words; `DOWNLOAD_FAILED` without npm, `ABORTED` when cancelled
 */
export async function runNpm(
  args: readonly string[],
  directory: string,
  { retries, backOff }: NetworkPolicy,
  signal: AbortSignal,
): Promise<unknown> {
  const env = {
    TMPDIR: directory,
    TEMP: directory,
    TMP: directory,
    npm_config_fetch_retries: String(retries),
    npm_config_fetch_retry_mintimeout: String(backOff),
    npm_config_fetch_retry_maxtimeout: "8000",
    npm_config_update_notifier: "false",
  };
  const shell = process.platform === "win32";
  const { code, stdout, stderr } = await runProgram("npm", [...args, "--json"], { signal, env, shell });
  if (signal.aborted) throw aborted(signal);
  if (code === undefined || code === 127 || code === 9009)
    throw new MullamaError("DOWNLOAD_FAILED", "npm is not installed.", {
      hint: "Install Node.js with npm to use this source.",
    });
  const answer = parse(stdout);
  if (code === 0) return answer;
  const { code: npmCode, summary } = Object(Object(answer)["error"]) as Readonly<Record<string, unknown>>;
  const words = typeof summary === "string" && summary !== "" ? summary : lastWords(stderr);
  throw new NpmFailure(String(npmCode), `npm failed: ${words.replace(/\.$/, "")}.`, HINTS[String(npmCode)]);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function lastWords(output: string): string {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.includes("A complete log"));
  return lines.slice(-2).join(" ") || "it said nothing";
}
