import type { Conversation } from "./conversation.js";

const STORE = "conversations";

let opening: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const opened = indexedDB.open("mullama", 1);
    opened.addEventListener("upgradeneeded", () => opened.result.createObjectStore(STORE, { keyPath: "id" }));
    opened.addEventListener("success", () => resolve(opened.result));
    opened.addEventListener("error", () => reject(opened.error ?? new DOMException("IndexedDB")));
  });
  return opening;
}

async function ask<Answer>(
  mode: IDBTransactionMode,
  how: (store: IDBObjectStore) => IDBRequest<Answer>,
): Promise<Answer> {
  const database = await open();
  return new Promise((resolve, reject) => {
    const asked = how(database.transaction(STORE, mode).objectStore(STORE));
    asked.addEventListener("success", () => resolve(asked.result));
    asked.addEventListener("error", () => reject(asked.error ?? new DOMException("IndexedDB")));
  });
}

/** The conversations that this browser keeps. */
export function readAll(): Promise<Conversation[]> {
  return ask<Conversation[]>("readonly", (store) => store.getAll());
}

export async function write(conversation: Conversation): Promise<void> {
  await ask("readwrite", (store) => store.put(conversation));
}

export async function remove(id: string): Promise<void> {
  await ask("readwrite", (store) => store.delete(id));
}
