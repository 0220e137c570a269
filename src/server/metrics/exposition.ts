import type { Histogram } from "./histogram.js";

export type Labels = Readonly<Record<string, string | number>>;

/** Writes metrics in Prometheus's text format. */
export class Exposition {
  readonly #lines: string[] = [];

  /** A metric with its values. One without any is not written. */
  family(
    name: string,
    type: "counter" | "gauge",
    help: string,
    samples: readonly (readonly [labels: Labels, value: number | undefined])[],
  ): void {
    const known = samples.filter(([, value]) => value !== undefined);
    if (known.length === 0) return;
    this.#head(name, type, help);
    for (const [labels, value] of known) this.#lines.push(`${name}${write(labels)} ${value}`);
  }

  histogram(name: string, help: string, samples: readonly (readonly [labels: Labels, histogram: Histogram])[]): void {
    if (samples.length === 0) return;
    this.#head(name, "histogram", help);
    for (const [labels, { bounds, counts, count, sum }] of samples) {
      bounds.forEach((le, index) =>
        this.#lines.push(`${name}_bucket${write({ ...labels, le })} ${counts[index] ?? 0}`),
      );
      this.#lines.push(`${name}_bucket${write({ ...labels, le: "+Inf" })} ${count}`);
      this.#lines.push(`${name}_sum${write(labels)} ${sum}`, `${name}_count${write(labels)} ${count}`);
    }
  }

  toString(): string {
    return `${this.#lines.join("\n")}\n`;
  }

  #head(name: string, type: string, help: string): void {
    this.#lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
  }
}

function write(labels: Labels): string {
  const written = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(String(value))}"`);
  return written.length === 0 ? "" : `{${written.join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
