/** Whether anybody is being answered, and since when nobody was. */
export class Activity {
  #open = 0;
  #quietSince = performance.now();

  begin(): void {
    this.#open++;
  }

  end(): void {
    this.#open--;
    this.#quietSince = performance.now();
  }

  /** Requests that are being answered. */
  get open(): number {
    return this.#open;
  }

  /** Milliseconds for which no request has run; 0 while one does. */
  get quiet(): number {
    return this.#open > 0 ? 0 : performance.now() - this.#quietSince;
  }
}
