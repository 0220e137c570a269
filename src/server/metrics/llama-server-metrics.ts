import type { EngineMetrics } from "../../engine/metrics.js";
import type { Services } from "../services.js";
import type { Exposition, Labels } from "./exposition.js";
import type { ModelTotals } from "./model-totals.js";

type Read = (totals: ModelTotals, engine: EngineMetrics | undefined) => number | undefined;

/** llama-server's own metrics, by their names. Of what this engine does not count, there is none. */
const families: readonly (readonly [name: string, type: "counter" | "gauge", help: string, read: Read])[] = [
  ["prompt_tokens_total", "counter", "Prompt tokens that were computed.", (totals) => totals.promptTokens],
  ["prompt_seconds_total", "counter", "Seconds spent on prompts.", (totals) => totals.promptSeconds],
  [
    "prompt_tokens_seconds",
    "gauge",
    "Prompt tokens a second, on average.",
    (totals) => quotient(totals.promptTokens, totals.promptSeconds),
  ],
  ["tokens_predicted_total", "counter", "Tokens that were generated.", (totals) => totals.completionTokens],
  ["tokens_predicted_seconds_total", "counter", "Seconds spent on answers.", (totals) => totals.completionSeconds],
  [
    "predicted_tokens_seconds",
    "gauge",
    "Generated tokens a second of an answer, on average.",
    (totals) => quotient(totals.completionTokens, totals.completionSeconds),
  ],
  ["requests_processing", "gauge", "Requests that are worked on.", (_, engine) => engine?.requests.running],
  ["requests_deferred", "gauge", "Requests that wait.", (_, engine) => engine?.requests.waiting],
  ["n_tokens_max", "counter", "Tokens of the longest text so far.", (totals) => totals.mostTokens],
  ["n_decode_total", "counter", "Steps that computed something.", (_, engine) => engine?.steps.count],
  ["spec_decode_num_draft_tokens_total", "counter", "Tokens guessed ahead.", (totals) => totals.draftTokens],
  [
    "spec_decode_num_accepted_tokens_total",
    "counter",
    "Tokens guessed ahead that were right.",
    (totals) => totals.acceptedDraftTokens,
  ],
];

/** @param only the model that was asked for: its values have no label, as those of llama-server have none */
export function writeLlamaServer(
  page: Exposition,
  { metrics }: Services,
  engines: ReadonlyMap<string, EngineMetrics>,
  only: string | undefined,
): void {
  const models = [...metrics.models].filter(([id]) => only === undefined || id === only);
  const labels = (model: string): Labels => (only === undefined ? { model } : {});
  for (const [name, type, help, read] of families) {
    const samples = models.map(([id, totals]) => [labels(id), read(totals, engines.get(id))] as const);
    page.family(`llamacpp:${name}`, type, help, samples);
  }
}

function quotient(amount: number, seconds: number): number {
  return seconds === 0 ? 0 : amount / seconds;
}
