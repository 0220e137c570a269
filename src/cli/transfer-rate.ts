/** Time over which speed is averaged, in milliseconds. */
const WINDOW = 5000;

/** How fast something goes, over the last seconds. */
export class TransferRate {
  #samples: { readonly time: number; readonly bytes: number }[] = [];

  /** Notes that so many bytes are there at a time in milliseconds. */
  note(bytes: number, time: number): void {
    this.#samples.push({ bytes, time });
    while ((this.#samples[1]?.time ?? Infinity) < time - WINDOW) this.#samples.shift();
  }

  /** Bytes a second, or undefined while too little has been seen to say. */
  get perSecond(): number | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.time - first.time < 200) return undefined;
    return ((last.bytes - first.bytes) / (last.time - first.time)) * 1000;
  }
}
