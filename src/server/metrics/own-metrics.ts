import type { EngineMetrics } from "../../engine/metrics.js";
import type { Services } from "../services.js";
import type { Exposition, Labels } from "./exposition.js";
import type { ModelTotals } from "./model-totals.js";

/** Our own metrics: of the server's requests, of its models, of their engines. */
export function writeOwn(
  page: Exposition,
  { activity, metrics, pool }: Services,
  engines: ReadonlyMap<string, EngineMetrics>,
  only: string | undefined,
): void {
  const wanted = (id: string): boolean => only === undefined || id === only;
  const models = [...metrics.models].filter(([id]) => wanted(id));
  const requests = metrics.requests.filter(({ model }) => wanted(model));
  page.family(
    "mullama_requests_total",
    "counter",
    "HTTP requests that were answered.",
    requests.map(({ model, status, count }) => [{ model, status }, count]),
  );
  const open = [[{}, activity.open]] as const;
  page.family("mullama_http_requests_open", "gauge", "HTTP requests that are being answered, this one too.", open);
  writeTotals(page, models);
  writeEngines(page, [...engines]);
  const loaded = pool.list().filter(({ id }) => wanted(id));
  const memory = loaded.flatMap(({ id, memory: { host, gpu } }): (readonly [Labels, number])[] => [
    [{ model: id, kind: "host" }, host],
    [{ model: id, kind: "gpu" }, gpu],
  ]);
  page.family("mullama_model_memory_bytes", "gauge", "Memory that a model was granted.", memory);
  const states = loaded.map(({ id, state }) => [{ model: id, state }, 1] as const);
  page.family("mullama_model_loaded", "gauge", "Models that are loaded or being loaded.", states);
  const users = loaded.map(({ id, users: count }) => [{ model: id }, count] as const);
  page.family("mullama_model_users", "gauge", "Requests that use a model or wait for it to be loaded.", users);
}

function writeTotals(page: Exposition, models: readonly (readonly [id: string, totals: ModelTotals])[]): void {
  const counter = (name: string, help: string, read: (totals: ModelTotals) => number): void => {
    const samples = models.map(([model, totals]) => [{ model }, read(totals)] as const);
    page.family(`mullama_${name}_total`, "counter", help, samples);
  };
  counter("generations", "Answers that have ended.", (totals) => totals.generations);
  counter("prompt_tokens", "Prompt tokens, cached ones too.", (totals) => totals.promptTokens + totals.cachedTokens);
  counter("cached_tokens", "Prompt tokens that were cached.", (totals) => totals.cachedTokens);
  counter("completion_tokens", "Tokens that were generated.", (totals) => totals.completionTokens);
  counter("model_loads", "How often a model was loaded.", (totals) => totals.loads);
  counter("model_load_failures", "How often loading a model failed.", (totals) => totals.failedLoads);
  counter("model_crashes", "How often a model's process died.", (totals) => totals.crashes);
  const unloads = models.flatMap(([model, totals]) =>
    [...totals.unloads].map(([reason, count]) => [{ model, reason }, count] as const),
  );
  page.family("mullama_model_unloads_total", "counter", "How often a model was unloaded, and why.", unloads);
  const histogram = (name: string, help: string, read: (totals: ModelTotals) => ModelTotals["queue"]): void =>
    page.histogram(
      `mullama_${name}_seconds`,
      help,
      models.map(([model, totals]) => [{ model }, read(totals)]),
    );
  histogram("queue", "From a request's arrival at its engine to its first step.", (totals) => totals.queue);
  histogram(
    "time_to_first_token",
    "From a request's arrival at its engine to its first token.",
    (totals) => totals.firstToken,
  );
  histogram("time_per_output_token", "The mean time between an answer's tokens.", (totals) => totals.outputToken);
}

function writeEngines(page: Exposition, engines: readonly (readonly [id: string, metrics: EngineMetrics])[]): void {
  const gauge = (name: string, help: string, read: (metrics: EngineMetrics) => number): void => {
    const samples = engines.map(([model, metrics]) => [{ model }, read(metrics)] as const);
    page.family(`mullama_${name}`, "gauge", help, samples);
  };
  gauge("requests_running", "Requests that are worked on.", ({ requests }) => requests.running);
  gauge("requests_waiting", "Requests that wait for a place.", ({ requests }) => requests.waiting);
  gauge("slots", "Requests that can be worked on at the same time.", ({ slots }) => slots.total);
  gauge("cache_tokens", "Tokens in the KV cache.", ({ cache }) => cache.tokens);
  gauge("cache_capacity_tokens", "Tokens that the KV cache has room for.", ({ cache }) => cache.capacity);
  gauge("cache_host_bytes", "Bytes of prefixes in host memory.", ({ cache }) => cache.hostBytes);
  gauge("cache_disk_bytes", "Bytes of prefixes on disk.", ({ cache }) => cache.diskBytes);
  gauge("step_tokens", "Tokens that a step computes, on average.", ({ steps }) => steps.meanTokens);
}
