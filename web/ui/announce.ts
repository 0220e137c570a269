import { Store } from "../store.js";

/** What screen readers are told next. */
export const announcement = new Store("");

export function announce(text: string): void {
  // The same words once more are news only when they were gone.
  announcement.value = "";
  setTimeout(() => (announcement.value = text), 50);
}
