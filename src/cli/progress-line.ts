/** How far a transfer is, and how fast it goes. */
export interface Transfer {
  readonly phase: keyof typeof VERB;
  /** The other end, in words. */
  readonly source: string;
  /** Bytes so far, and in all where that is known. */
  readonly received: number;
  readonly total: number | undefined;
  readonly bytesPerSecond?: number | undefined;
  readonly secondsLeft?: number | undefined;
}

const VERB = {
  download: "Downloading",
  extract: "Extracting",
  verify: "Checking",
  quantize: "Quantizing",
  upload: "Uploading",
} as const;

/** Columns of the longest verb and a space. */
const BEFORE_BAR = 12;

/**
 * One line that says how far a transfer is, how fast it goes and what time is left.
 * With a width, a bar fills what is left of it, and the line is never longer; without one, there is no bar.
 */
export function progressLine(transfer: Transfer, columns: number | undefined): string {
  const { received, total, bytesPerSecond, secondsLeft } = transfer;
  const share = total === undefined || total === 0 ? undefined : Math.min(1, received / total);
  const percent = share === undefined ? undefined : `${String(Math.floor(share * 100)).padStart(3)}%`;
  const amount = total === undefined ? formatBytes(received) : `${formatBytes(received)} of ${formatBytes(total)}`;
  const speed = !bytesPerSecond ? undefined : `${formatBytes(bytesPerSecond)}/s`;
  const left = secondsLeft === undefined ? undefined : `${formatSeconds(secondsLeft)} left`;
  const verb = VERB[transfer.phase];

  if (columns === undefined) {
    const what = transfer.phase === "quantize" || transfer.phase === "upload" ? "to" : "from";
    return `${verb} ${what} ${transfer.source}: ${joined([percent?.trim(), amount, speed, left], ", ")}`;
  }
  // The last column stays free: some terminals wrap as soon as it is written.
  const room = columns - 1;
  const short = percent ?? amount;
  for (const { parts, width } of [
    { parts: [percent, amount, speed, left], width: 48 },
    { parts: [short, speed, left], width: 30 },
    { parts: [short, left], width: 18 },
    { parts: [short], width: 4 },
  ]) {
    const words = joined(parts, "  ");
    // The bar's length depends on the terminal alone, so that it does not jump as the words change.
    const barWidth = Math.min(40, room - BEFORE_BAR - width - 1);
    if (share !== undefined && barWidth >= 8) {
      return `${verb.padEnd(BEFORE_BAR)}${bar(share, barWidth)} ${words}`.slice(0, room);
    }
    if (share === undefined && verb.length + words.length < room) return `${verb} ${words}`;
  }
  return `${verb} ${short}`.slice(0, Math.max(0, room));
}

function joined(parts: readonly (string | undefined)[], separator: string): string {
  return parts.filter((part) => part !== undefined && part !== "").join(separator);
}

function bar(share: number, width: number): string {
  const filled = Math.round(share * width);
  return "█".repeat(filled) + "░".repeat(width - filled);
}

/** Bytes in the largest decimal unit that fits, as `93 MB` or `1.2 GB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.max(0, Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power] ?? "B"}`;
}

function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
