import assert from "node:assert/strict";
import type { MullamaServer } from "../../src/server/index.js";
import { post } from "./tiny-server.js";

/** Posts JSON, and gives the JSON of the answer, which must have a status. */
export async function ask<Answer>(
  server: Pick<MullamaServer, "fetch">,
  path: string,
  body: unknown,
  status = 200,
): Promise<Answer> {
  const response = await post(server, path, body);
  const text = await response.text();
  assert.equal(response.status, status, text);
  return JSON.parse(text) as Answer;
}

/** Gets a path, and gives the JSON of the answer, which must have a status. */
export async function look<Answer>(server: Pick<MullamaServer, "fetch">, path: string, status = 200): Promise<Answer> {
  const response = await server.fetch(new Request(`http://localhost${path}`));
  const text = await response.text();
  assert.equal(response.status, status, text);
  return JSON.parse(text) as Answer;
}
