/** What a context uses for a while, kept alive as long: adapters, samplers, threadpools. */
import type { Handle } from "./handle.js";

export class Retained {
  readonly #handles = new Map<string, readonly Handle<string>[]>();

  /** Keeps `handles` for a purpose, and lets go of those that were kept for it before. */
  set(purpose: string, handles: readonly Handle<string>[]): void {
    for (const handle of handles) handle.retain();
    const before = this.#handles.get(purpose) ?? [];
    if (handles.length === 0) this.#handles.delete(purpose);
    else this.#handles.set(purpose, handles);
    for (const handle of before) handle.release();
  }

  /** What is kept for a purpose. */
  get(purpose: string): readonly Handle<string>[] {
    return this.#handles.get(purpose) ?? [];
  }

  /** Lets go of everything. */
  release(): void {
    const purposes = Array.from(this.#handles.keys());
    for (const purpose of purposes) this.set(purpose, []);
  }
}
