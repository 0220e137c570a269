/** The report's ratios as a picture: one bar for each row that was compared with a rival. */
import type { Section } from "./report.js";

interface Bar {
  readonly label: string;
  readonly ratio: number;
}

const WIDTH = 860;
const LABELS = 420;
const ROW = 24;
const TOP = 56;
const RIGHT = 60;

/** An SVG of all ratios, 1 being as fast as the rival; undefined where no section has a ratio. */
export function ratioChart(sections: readonly Section[], caption: string): string | undefined {
  const bars = sections.flatMap(barsOf);
  if (bars.length === 0) return undefined;
  const greatest = Math.max(1.2, ...bars.map(({ ratio }) => ratio));
  const x = (ratio: number): number => LABELS + (ratio / greatest) * (WIDTH - LABELS - RIGHT);
  const height = TOP + bars.length * ROW + 16;
  const rows = bars.map(({ label, ratio }, index) => {
    const y = TOP + index * ROW;
    return [
      `<text x="${LABELS - 10}" y="${y + 15}" text-anchor="end">${escape(label)}</text>`,
      `<rect x="${LABELS}" y="${y + 3}" width="${(x(ratio) - LABELS).toFixed(1)}" height="${ROW - 8}" rx="2"/>`,
      `<text x="${(x(ratio) + 6).toFixed(1)}" y="${y + 15}">${ratio.toFixed(2)}</text>`,
    ].join("");
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
<title id="title">mullama's speed relative to its rivals</title>
<style>
text { font: 12px system-ui, sans-serif; fill: #1f2328; }
rect { fill: #2f6fde; }
line { stroke: #8b949e; stroke-dasharray: 4 3; }
.heading { font-size: 15px; font-weight: 600; }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3; } rect { fill: #5b93f5; } }
</style>
<text class="heading" x="12" y="20">mullama / rival (1 = as fast, longer is faster)</text>
<text x="12" y="40">${escape(caption)}</text>
${rows.join("\n")}
<line x1="${x(1).toFixed(1)}" x2="${x(1).toFixed(1)}" y1="${TOP - 6}" y2="${height - 12}"/>
</svg>
`;
}

function barsOf({ title, columns, rows, lowerIsBetter = false }: Section): Bar[] {
  const at = columns.indexOf("ratio");
  if (at < 0) return [];
  return rows.flatMap((row) => {
    const ratio = row[at];
    return typeof ratio === "number"
      ? [{ label: `${title}: ${row[0]}`, ratio: lowerIsBetter ? 1 / ratio : ratio }]
      : [];
  });
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
