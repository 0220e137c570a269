import { useEffect, useState } from "preact/hooks";

/** A value that changes, and those who want to know. */
export class Store<Value> {
  #value: Value;
  readonly #listeners = new Set<() => void>();

  constructor(value: Value) {
    this.#value = value;
  }

  get value(): Value {
    return this.#value;
  }

  set value(value: Value) {
    if (value === this.#value) return;
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }

  /** @returns what ends it */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

/** The value of a store; the component is drawn again when it changes. */
export function useStore<Value>(store: Store<Value>): Value {
  const [, redraw] = useState<object>();
  const drawn = store.value;
  useEffect(() => {
    const end = store.subscribe(() => redraw({}));
    // Effects come after the picture, and a busy machine lets much happen in between.
    if (store.value !== drawn) redraw({});
    return end;
  }, [store]);
  return drawn;
}
