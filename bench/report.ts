/** A section of the report: a table with a sentence on what it shows. */
export interface Section {
  readonly title: string;
  readonly note: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** Whether a ratio below 1 is better: times rather than speeds. Default false. */
  readonly lowerIsBetter?: boolean;
}

/** Prints numbers with three or more significant digits, and at most three decimals. */
function cell(value: string | number): string {
  if (typeof value === "string") return value;
  const decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return value.toFixed(decimals);
}

export function toMarkdown({ title, note, columns, rows }: Section): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.map(cell).join(" | ")} |`;
  const rule = columns.map((_, index) => (index === 0 ? "---" : "---:"));
  return [`### ${title}`, "", note, "", line(columns), line(rule), ...rows.map(line), ""].join("\n");
}
