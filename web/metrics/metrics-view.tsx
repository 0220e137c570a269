import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { PageMetrics } from "../../src/server/web/page-metrics.js";
import { requestJson } from "../server/request.js";
import { Chart } from "./chart.js";
import { bytes, duration, rate, whole } from "./format.js";
import { addSample, type Sample } from "./samples.js";

const INTERVAL_MS = 1000;
const ROOM = 120;

/** What the server is doing, as it does it. */
export function MetricsView({ menu }: { readonly menu: JSX.Element }): JSX.Element {
  const { samples, metrics, problem } = useSamples();
  const last = samples.at(-1);
  const chart = { room: ROOM };
  const series = (key: Exclude<keyof Sample, "models">): number[] => samples.map((one) => one[key]);
  return (
    <main class="metrics">
      <header class="bar">
        {menu}
        <h1>Metrics</h1>
        <p class="hint">{metrics === undefined ? "" : `up for ${duration(metrics.time - metrics.startedAt)}`}</p>
      </header>
      <div class="metrics-body">
        {problem === undefined ? null : (
          <p class="failure" role="alert">
            {problem}
          </p>
        )}
        <div class="charts">
          <Chart {...chart} title="Tokens written" values={series("written")} least={10} format={rate} />
          <Chart {...chart} title="Prompt tokens read" values={series("read")} least={10} format={rate} />
          <Chart {...chart} title="Requests running" values={series("running")} least={4} format={whole} />
          <Chart {...chart} title="Requests waiting" values={series("waiting")} least={4} format={whole} />
          <Chart
            {...chart}
            title="Memory of models"
            values={series("modelBytes")}
            least={2 ** 20}
            format={bytes}
            note={last === undefined ? undefined : `of ${bytes(last.totalBytes)}`}
          />
          <Chart
            {...chart}
            title="Memory of the server"
            values={series("serverBytes")}
            least={2 ** 20}
            format={bytes}
          />
        </div>
        <ModelTable models={last?.models ?? []} />
      </div>
    </main>
  );
}

function ModelTable({ models }: { readonly models: PageMetrics["models"] }): JSX.Element {
  if (models.length === 0) return <p class="hint">No model is loaded.</p>;
  return (
    <div class="table" tabIndex={0} role="region" aria-label="Loaded models">
      <table>
        <thead>
          <tr>
            {["Model", "Memory", "Running", "Waiting", "Finished", "Written", "Read", "Cached", "Cache"].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {models.map(({ id, bytes: size, metrics: { requests, tokens, cache } }) => (
            <tr key={id}>
              <th scope="row">{id}</th>
              <td>{bytes(size)}</td>
              <td>{whole(requests.running)}</td>
              <td>{whole(requests.waiting)}</td>
              <td>{whole(requests.finished)}</td>
              <td>{whole(tokens.completion)}</td>
              <td>{whole(tokens.prompt)}</td>
              <td>{whole(tokens.cached)}</td>
              <td>{`${Math.round((cache.tokens / Math.max(1, cache.capacity)) * 100)} %`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Watched {
  readonly samples: readonly Sample[];
  readonly metrics: PageMetrics | undefined;
  readonly problem: string | undefined;
}

/** Looks once a second while the page is seen. */
function useSamples(): Watched {
  const [watched, watch] = useState<Watched>({ samples: [], metrics: undefined, problem: undefined });
  const latest = useRef(watched);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let left = false;
    const look = async (): Promise<void> => {
      try {
        const now = document.hidden ? undefined : await requestJson<PageMetrics>("ui/metrics");
        const { samples, metrics } = latest.current;
        if (now !== undefined)
          latest.current = { samples: addSample(samples, metrics, now), metrics: now, problem: undefined };
      } catch (error) {
        latest.current = { ...latest.current, problem: (error as Error).message };
      }
      if (left) return;
      watch(latest.current);
      timer = setTimeout(() => void look(), INTERVAL_MS);
    };
    void look();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, []);
  return watched;
}
