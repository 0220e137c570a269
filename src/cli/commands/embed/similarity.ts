import { type Column, table } from "../../terminal/table.js";

/** The cosine of the angle between each two vectors. */
export function similarities(vectors: readonly Float32Array[]): number[][] {
  const lengths = vectors.map((vector) => Math.sqrt(dot(vector, vector)));
  return vectors.map((one, row) =>
    vectors.map((other, column) => {
      const length = (lengths[row] ?? 0) * (lengths[column] ?? 0);
      return length === 0 ? 0 : Number((dot(one, other) / length).toFixed(6));
    }),
  );
}

/** Two texts: one number. More: a table of all pairs. */
export function similarityLines(
  texts: readonly string[],
  vectors: readonly Float32Array[],
  width: number | undefined,
): string[] {
  const all = similarities(vectors);
  if (texts.length === 2) return [(all[0]?.[1] ?? 0).toFixed(4)];
  const columns: Column[] = [
    { title: "", align: "right" },
    ...texts.map((_, index): Column => ({ title: String(index + 1), align: "right" })),
    { title: "TEXT", shrinks: true },
  ];
  const rows = all.map((row, index) => [
    String(index + 1),
    ...row.map((value) => value.toFixed(3)),
    (texts[index] ?? "").replace(/\s+/g, " "),
  ]);
  return table(columns, rows, width);
}

function dot(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}
