import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { composeApp } from "../../../src/server/app.js";
import type { MullamaServer } from "../../../src/server/index.js";
import { brokenUtf8, hostileJson, hostileValues } from "../../support/hostile-values.js";
import { tinyServer } from "../../support/tiny-server.js";

/** What models are made of must not lie among those of whoever runs this. */
const home = mkdtempSync(join(tmpdir(), "mullama-hostile-"));
after(() => rmSync(home, { recursive: true, force: true }));

interface Route {
  readonly method: string;
  readonly path: string;
}

/** Every route that the server has, also those of dialects that are yet to come. */
function routesOf(server: MullamaServer): Route[] {
  const routes = composeApp(server.services).routes.filter(({ method, path }) => method !== "ALL" && path !== "/*");
  const known = new Map(routes.map(({ method, path }) => [`${method} ${path}`, { method, path }]));
  return [...known.values()];
}

/** Bodies that each dialect would answer, of which one field after the other is made wrong. */
const plain: Readonly<Record<string, unknown>> = {
  model: "tiny",
  name: "tiny",
  messages: [{ role: "user", content: "a" }],
  prompt: "a",
  input: "a",
  content: "a",
  query: "a",
  documents: ["a"],
  tokens: [1],
  max_tokens: 1,
  options: { num_predict: 1 },
};

/** Fields that requests of some dialect have. */
const fields = [
  ...Object.keys(plain),
  ..."temperature top_p top_k seed stop n best_of logit_bias logprobs top_logprobs tools tool_choice".split(" "),
  ..."response_format stream stream_options suffix echo grammar chat_template_kwargs reasoning_effort user".split(" "),
  ..."format keep_alive template system context images raw think encoding_format dimensions truncate".split(" "),
  ..."max_output_tokens instructions text thinking stop_sequences metadata n_predict json_schema cache_prompt".split(
    " ",
  ),
];

/** The fields of a plain body that a route knows: what it says that it does not support is left out. */
async function bodyOf(server: MullamaServer, { method, path }: Route): Promise<Record<string, unknown>> {
  const body = { ...plain };
  for (let left = Object.keys(body).length; left > 0; left--) {
    const response = await server.fetch(new Request(urlOf(path), { method, body: JSON.stringify(body) }));
    const [, field] = /(\w+): This field is not supported/.exec(await response.text()) ?? [];
    if (field === undefined || !(field in body)) break;
    delete body[field];
  }
  return body;
}

function urlOf(path: string): string {
  return `http://localhost${path.replaceAll(/:\w+(\{[^}]*\})?/g, "x")}`;
}

/** Each route gets each value, though not in each field: there are more fields than that. */
function bodiesOf(base: Readonly<Record<string, unknown>>, field: string): string[] {
  const turn = fields.indexOf(field) % 4;
  return hostileValues
    .filter((_, index) => index % 4 === turn)
    .map((value) => JSON.stringify({ ...base, [field]: value }));
}

/** An answer, if it comes within 20 seconds, and no more than its first bytes where it is a stream. */
async function ask(server: MullamaServer, { method, path }: Route, body: string | Uint8Array): Promise<number> {
  const url = urlOf(path);
  const leave = new AbortController();
  const init = method === "GET" || method === "HEAD" ? {} : { body, headers: { "Content-Type": "application/json" } };
  const response = await server.fetch(new Request(url, { method, ...init, signal: leave.signal }));
  if (response.status >= 400) await checkFailure(response, `${method} ${path}`, String(body).slice(0, 300));
  else await response.body?.cancel();
  leave.abort();
  return response.status;
}

/** What this server does not do, whatever is asked: the only answers of 500 and more. */
const unsupported: Readonly<Record<string, RegExp>> = {
  "POST /props": /Properties of the server cannot be changed/,
};

/** Of these, the ones that were asked. */
const refusedAlways = new Set<string>();

async function checkFailure(response: Response, route: string, body: string): Promise<void> {
  const { status } = response;
  const told = await response.text();
  const what = `${route} ${body}: ${told}`;
  if (status === 501) {
    assert.match(told, unsupported[route] ?? assert.fail(what));
    refusedAlways.add(route);
  } else assert.ok(status < 500, `${status} for ${what}`);
  if (told === "" && response.headers.get("content-type") === null) return;
  assert.equal(typeof JSON.parse(told), "object", `${told} for ${what}`);
}

describe("hostile bodies", () => {
  it("are refused by every route in its dialect's words, and break nothing", async () => {
    const errors: unknown[] = [];
    await using server = await tinyServer({ load: { home }, onError: (error) => errors.push(error) });
    const posts = routesOf(server).filter(({ method }) => method !== "GET");
    assert.ok(posts.length > 2);
    for (const route of posts) {
      for (const body of [...hostileJson, ...brokenUtf8]) await ask(server, route, body);
      const base = await bodyOf(server, route);
      for (const field of fields) await Promise.all(bodiesOf(base, field).map((body) => ask(server, route, body)));
    }
    assert.deepEqual(errors.map(String), []);
    assert.deepEqual([...refusedAlways].sort(), Object.keys(unsupported).sort());
    for (const entry of server.services.pool.list()) assert.equal(entry.users, 0, entry.id);
  });

  it("are not needed to be refused: odd paths are, too", async () => {
    await using server = await tinyServer({ load: { home } });
    const odd = [
      "..%2f..%2fetc%2fpasswd",
      "%00",
      "%ff",
      "%E0%A4%A",
      "a%0d%0ab",
      ".%2e/x",
      "\\\\x",
      "x".repeat(5000),
      "__proto__",
    ];
    const roots = new Set(routesOf(server).map(({ path }) => path.replace(/:.*$/, "").replace(/\/$/, "")));
    for (const root of roots) {
      for (const end of odd) {
        for (const method of ["GET", "POST", "DELETE", "PUT"])
          await ask(server, { method, path: `${root}/${end}` }, "{}");
      }
    }
  });
});
