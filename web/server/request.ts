import { Store } from "../store.js";

const KEY = "mullama.key";

/** Whether the server wants an API key, and why it was not content with the one that it has. */
export const keyWanted = new Store<string | undefined>(undefined);

/** The key is forgotten with the tab. */
export function setKey(key: string): void {
  sessionStorage.setItem(KEY, key);
  keyWanted.value = undefined;
}

/** The server said no. */
export class ServerError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The page is at `/ui/`, the server one folder up, wherever a proxy has put it. */
const root = new URL("../", document.baseURI);

/** Asks the server. @throws {ServerError} what it says where it does not want to */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const key = sessionStorage.getItem(KEY);
  const headers = new Headers(init.headers);
  if (key !== null) headers.set("Authorization", `Bearer ${key}`);
  const response = await fetch(new URL(path, root), { ...init, headers });
  if (response.ok) return response;
  const message = await messageOf(response);
  if (response.status === 401) keyWanted.value = key === null ? "This server wants an API key." : message;
  throw new ServerError(response.status, message);
}

/** Asks for JSON. What this server sends is taken as it is. */
export async function requestJson<Answer>(path: string): Promise<Answer> {
  const response = await request(path);
  return (await response.json()) as Answer;
}

async function messageOf(response: Response): Promise<string> {
  const fallback = `The server answered ${response.status} ${response.statusText}.`;
  const body: unknown = await response.json().catch(() => undefined);
  const { error } = (body ?? {}) as { error?: { message?: unknown } };
  return typeof error?.message === "string" ? error.message : fallback;
}
