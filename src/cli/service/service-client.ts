import { type ErrorCode, MullamaError } from "../../errors.js";

const codes: Readonly<Record<number, ErrorCode>> = { 400: "ARGUMENT_INVALID", 404: "MODEL_NOT_FOUND" };

/** A running service, spoken to in Ollama's protocol. */
export class ServiceClient {
  readonly url: string;
  readonly #key: string | undefined;

  constructor(url: string, key?: string) {
    this.url = url.replace(/\/+$/, "");
    this.#key = key;
  }

  /** Whether something that speaks the protocol listens there. */
  async answers(milliseconds = 5000): Promise<boolean> {
    try {
      const response = await fetch(`${this.url}/api/version`, { signal: AbortSignal.timeout(milliseconds) });
      return response.ok && typeof ((await response.json()) as { version?: unknown }).version === "string";
    } catch {
      return false;
    }
  }

  async get<Answer>(path: string): Promise<Answer> {
    const response = await this.#ask(path, { method: "GET" });
    return (await response.json()) as Answer;
  }

  async post<Answer>(path: string, body: object, signal?: AbortSignal): Promise<Answer> {
    const response = await this.#ask(path, { method: "POST", body: JSON.stringify(body), ...(signal && { signal }) });
    return (await response.json()) as Answer;
  }

  /** Asks for an answer that comes as lines of JSON. */
  async *stream<Line extends object>(path: string, body: object, signal?: AbortSignal): AsyncGenerator<Line> {
    const response = await this.#ask(path, { method: "POST", body: JSON.stringify(body), ...(signal && { signal }) });
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") yield this.#line<Line>(line);
    }
    if (rest.trim() !== "") yield this.#line<Line>(rest);
  }

  #line<Line extends object>(text: string): Line {
    const line = JSON.parse(text) as Line & { readonly error?: unknown };
    if (typeof line.error === "string") throw new MullamaError("SERVICE_FAILED", line.error);
    return line;
  }

  async #ask(path: string, init: RequestInit): Promise<Response> {
    const headers: Record<string, string> = {
      "content-type": "application/json",
      ...(this.#key === undefined ? {} : { authorization: `Bearer ${this.#key}` }),
    };
    let response: Response;
    try {
      response = await fetch(`${this.url}${path}`, { ...init, headers });
    } catch (cause) {
      if (init.signal?.aborted === true) throw new MullamaError("ABORTED", "The request was cancelled.", { cause });
      throw new MullamaError("SERVICE_UNAVAILABLE", `The service at ${this.url} cannot be reached.`, {
        cause,
        hint: "Start one with: mullama serve. Or use --local.",
      });
    }
    if (response.ok) return response;
    const { error } = (await response.json().catch(() => ({}))) as { readonly error?: unknown };
    const words = typeof error === "string" ? error : `The service answered ${response.status}.`;
    throw new MullamaError(codes[response.status] ?? "SERVICE_FAILED", words, {
      hint: response.status === 401 ? "Set MULLAMA_API_KEY to a key of that server." : undefined,
    });
  }
}
