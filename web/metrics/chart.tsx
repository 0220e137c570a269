import type { JSX } from "preact";

const [WIDTH, HEIGHT] = [240, 64];

interface ChartProps {
  readonly title: string;
  readonly values: readonly number[];
  /** How many fit. */
  readonly room: number;
  /** What the top stands for at least. */
  readonly least: number;
  readonly format: (value: number) => string;
  readonly note?: string | undefined;
}

/** The last two minutes of a number, and what it is now. */
export function Chart({ title, values, room, least, format, note }: ChartProps): JSX.Element {
  const top = Math.max(least, ...values);
  const now = values.at(-1) ?? 0;
  const x = (index: number): number => ((room - values.length + index) / (room - 1)) * WIDTH;
  const points = values.map((value, index) => `${x(index).toFixed(1)},${(HEIGHT - (value / top) * HEIGHT).toFixed(1)}`);
  const area = points.length === 0 ? "" : `M${x(0).toFixed(1)},${HEIGHT}L${points.join("L")}L${WIDTH},${HEIGHT}Z`;
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <p class="now">{format(now)}</p>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}: now ${format(now)}, at most ${format(Math.max(0, ...values))} in the last two minutes`}
      >
        <path class="area" d={area} />
        <polyline class="line" points={points.join(" ")} />
      </svg>
      <p class="scale">
        <span>{note ?? "two minutes"}</span>
        <span>up to {format(top)}</span>
      </p>
    </figure>
  );
}
