import { MullamaError } from "../../errors.js";
import { validate } from "../http/validate.js";
import { apis } from "./apis.js";
import { findOperation } from "./find-operation.js";
import type { Answer, NamedSchema } from "./operation.js";
import { checkedStream } from "./checked-stream.js";

type Fetch = (request: Request) => Promise<Response>;

/**
 * Checks each answer against the document: one that is not as it says is thrown for, or breaks its stream off.
 *
 * @throws {MullamaError} `OUTPUT_INVALID`
 */
export function checkAnswers(fetch: Fetch): Fetch {
  return async (request) => {
    const { pathname } = new URL(request.url);
    const asked = `${request.method} ${pathname}`;
    const found = findOperation(apis, request.method, pathname);
    const response = await fetch(request);
    if (response.status >= 400) {
      const fromAnthropic = request.headers.has("anthropic-version");
      const own = fromAnthropic ? apis.find(({ name }) => name === "Anthropic") : found?.api;
      if (own !== undefined && request.method !== "HEAD") await checkJson(response, own.failure, asked);
      return response;
    }
    const answer = found?.operation.answers[response.status];
    if (found === undefined || response.status === 304) return response;
    if (answer === undefined) throw wrong(asked, `nothing is said of the status ${response.status}`);
    return checkAnswer(response, answer, asked);
  };
}

async function checkAnswer(response: Response, answer: Answer, asked: string): Promise<Response> {
  const [type = ""] = (response.headers.get("content-type") ?? "").split(";");
  const { json, events, lines } = answer;
  if (type === "application/json" && json !== undefined) await checkJson(response, json, asked);
  else if (type === "text/event-stream" && events !== undefined)
    return checkedStream(response, "\n\n", (text) => checkEvent(text, events, asked));
  else if (type === "application/x-ndjson" && lines !== undefined)
    return checkedStream(response, "\n", (text) => check(lines, JSON.parse(text), asked));
  else if (type !== "" && answer.type !== type && answer.type !== "*/*")
    throw wrong(asked, `nothing is said of ${type}`);
  return response;
}

async function checkJson(response: Response, schema: NamedSchema, asked: string): Promise<void> {
  check(schema, await response.clone().json(), asked);
}

function checkEvent(text: string, schema: NamedSchema, asked: string): void {
  const data = text
    .split("\n")
    .flatMap((line) => (line.startsWith("data: ") ? [line.slice("data: ".length)] : []))
    .join("\n");
  if (data !== "" && data !== "[DONE]") check(schema, JSON.parse(data), asked);
}

function check({ name, schema }: NamedSchema, value: unknown, asked: string): void {
  try {
    validate(schema, value);
  } catch (cause) {
    throw wrong(asked, `${JSON.stringify(value)} is no ${name}: ${(cause as Error).message}`, cause);
  }
}

function wrong(asked: string, why: string, cause?: unknown): MullamaError {
  return new MullamaError("OUTPUT_INVALID", `${asked} was not answered as the document says: ${why}.`, { cause });
}
