import { Store } from "./store.js";

/** What is shown: a conversation, a new one where there is no id, or the metrics. */
export type Route = { readonly page: "chat"; readonly id: string | undefined } | { readonly page: "metrics" };

function readRoute(): Route {
  const [, page, id] = location.hash.split("/");
  if (page === "metrics") return { page };
  return { page: "chat", id: page === "chat" && id !== undefined && id !== "" ? id : undefined };
}

export const route = new Store<Route>(readRoute());

addEventListener("hashchange", () => (route.value = readRoute()));

/** The address of a conversation, or of a new one. */
export function chatAddress(id?: string): string {
  return id === undefined ? "#/chat" : `#/chat/${id}`;
}
