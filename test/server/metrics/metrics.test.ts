import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { MullamaServer } from "../../../src/server/index.js";
import { Histogram } from "../../../src/server/metrics/histogram.js";
import { Exposition } from "../../../src/server/metrics/exposition.js";
import { ask } from "../../support/ask-server.js";
import { tinyServer } from "../../support/tiny-server.js";

describe("the text format of metrics", () => {
  it("escapes labels, and leaves out what is not known", () => {
    const page = new Exposition();
    page.family("a", "gauge", "A.", [[{ name: 'x"\\\n' }, 1]]);
    page.family("b", "counter", "B.", [[{}, undefined]]);
    page.family("c", "counter", "C.", [[{}, 2]]);
    assert.equal(
      page.toString(),
      '# HELP a A.\n# TYPE a gauge\na{name="x\\"\\\\\\n"} 1\n# HELP c C.\n# TYPE c counter\nc 2\n',
    );
  });

  it("counts values into buckets that add up", () => {
    const histogram = new Histogram([1, 2]);
    for (const value of [0.5, 1, 1.5, 9]) histogram.observe(value);
    const page = new Exposition();
    page.histogram("h", "H.", [[{ m: "x" }, histogram]]);
    assert.deepEqual(page.toString().trim().split("\n").slice(2), [
      'h_bucket{m="x",le="1"} 2',
      'h_bucket{m="x",le="2"} 3',
      'h_bucket{m="x",le="+Inf"} 4',
      'h_sum{m="x"} 12',
      'h_count{m="x"} 4',
    ]);
  });
});

describe("metrics of a server", () => {
  let server: MullamaServer;
  before(async () => (server = await tinyServer()));
  after(() => server.dispose());

  async function read(query = ""): Promise<Map<string, number>> {
    const response = await server.fetch(new Request(`http://localhost/metrics${query}`));
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
    const lines = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    return new Map(
      lines.map((line) => {
        const [, name = "", value = ""] = /^(\S+|\S+\{.*\}) (\S+)$/.exec(line) ?? [];
        assert.notEqual(name, "", line);
        return [name, Number(value)];
      }),
    );
  }

  it("counts what was asked, loaded and computed", async () => {
    // The one that reads this is a request, too.
    assert.deepEqual([...(await read())], [["mullama_http_requests_open", 1]]);
    const body = { model: "gpt-tiny", prompt: "hello world ".repeat(8), max_tokens: 5 };
    const { usage } = await ask<{ usage: { prompt_tokens: number } }>(server, "/v1/completions", body);
    await ask(server, "/completion", { prompt: body.prompt, n_predict: 3 });
    await ask(server, "/v1/completions", { ...body, model: "made-up" }, 404);
    await ask(server, "/v1/completions", { ...body, temperature: -1 }, 400);
    const metrics = await read();
    const of = (name: string): number | undefined => metrics.get(name);
    assert.equal(of('mullama_generations_total{model="tiny"}'), 2);
    assert.equal(of('mullama_completion_tokens_total{model="tiny"}'), 8);
    assert.equal(of('mullama_prompt_tokens_total{model="tiny"}'), 2 * usage.prompt_tokens);
    const cached = of('mullama_cached_tokens_total{model="tiny"}') ?? 0;
    assert.ok(cached > 0);
    assert.equal(of('llamacpp:prompt_tokens_total{model="tiny"}'), 2 * usage.prompt_tokens - cached);
    assert.equal(of('llamacpp:tokens_predicted_total{model="tiny"}'), 8);
    assert.equal(of('llamacpp:n_tokens_max{model="tiny"}'), usage.prompt_tokens + 5);
    assert.ok((of('llamacpp:n_decode_total{model="tiny"}') ?? 0) > 0);
    assert.equal(of('mullama_time_to_first_token_seconds_count{model="tiny"}'), 2);
    assert.equal(of('mullama_time_per_output_token_seconds_bucket{model="tiny",le="+Inf"}'), 2);
    assert.equal(of('mullama_requests_total{model="tiny",status="200"}'), 2);
    assert.equal(of('mullama_requests_total{model="",status="404"}'), 1);
    assert.equal(of('mullama_model_loads_total{model="tiny"}'), 1);
    assert.ok((of('mullama_model_memory_bytes{model="tiny",kind="host"}') ?? 0) > 0);
    assert.equal(of('mullama_requests_running{model="tiny"}'), 0);
  });

  it("has llama-server's names without labels for one model", async () => {
    const metrics = await read("?model=gpt-tiny");
    assert.equal(metrics.get("llamacpp:tokens_predicted_total"), 8);
    assert.ok((metrics.get("llamacpp:predicted_tokens_seconds") ?? 0) > 0);
  });

  it("tells why models went", async () => {
    await ask(server, "/models/unload", { model: "tiny" });
    const metrics = await read();
    assert.equal(metrics.get('mullama_model_unloads_total{model="tiny",reason="asked"}'), 1);
    assert.equal(metrics.get('mullama_requests_running{model="tiny"}'), undefined);
  });
});
