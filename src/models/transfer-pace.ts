/** Time over which speed is averaged, in milliseconds, and between two points that are kept of it. */
const WINDOW = 5000;
const STEP = 100;

interface Sample {
  readonly time: number;
  readonly bytes: number;
}

/** How fast something goes, and how long it will take. */
export interface Pace {
  /** Over the last 5 seconds; undefined while too little has been seen to say. */
  readonly bytesPerSecond?: number | undefined;
  /** What is left at that speed; undefined where that is not known, or how much there is in all. */
  readonly secondsLeft?: number | undefined;
}

/** The pace of what goes through several stages, each of which begins anew. */
export class TransferPace {
  readonly #now: () => number;
  #stage = "";
  #samples: Sample[] = [];

  /** @param now a clock, in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Notes that so many bytes of so many are there now. */
  note(stage: string, bytes: number, total: number | undefined): Pace {
    const latest: Sample = { time: this.#now(), bytes };
    // What has become less was begun anew.
    if (stage !== this.#stage || bytes < (this.#samples.at(-1)?.bytes ?? 0)) this.#samples = [];
    this.#stage = stage;
    if (latest.time - (this.#samples.at(-1)?.time ?? -Infinity) >= STEP) this.#samples.push(latest);
    while ((this.#samples[1]?.time ?? Infinity) < latest.time - WINDOW) this.#samples.shift();
    const [first = latest] = this.#samples;
    if (latest.time - first.time < 2 * STEP) return {};
    const bytesPerSecond = Math.round(((latest.bytes - first.bytes) / (latest.time - first.time)) * 1000);
    if (total === undefined || bytesPerSecond === 0) return { bytesPerSecond };
    return { bytesPerSecond, secondsLeft: Math.round((Math.max(0, total - bytes) / bytesPerSecond) * 10) / 10 };
  }
}
