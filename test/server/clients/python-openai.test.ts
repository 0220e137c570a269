/** OpenAI's client for Python, pointed at our server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { serve } from "../../../src/server/index.js";
import { python, runPython } from "../../support/python.js";
import { tinyBert, tinyLlama } from "../../support/tiny-models.js";
import { chatTemplate } from "../../support/tiny-server.js";

const SCRIPT = `
import json, os
from openai import OpenAI, NotFoundError, BadRequestError
client = OpenAI(base_url=os.environ["URL"] + "/v1", api_key="none", max_retries=0)
ask = dict(model="tiny", messages=[{"role": "user", "content": "hello"}], temperature=0, max_tokens=8)
whole = client.chat.completions.create(**ask)
pieces = [c.choices[0].delta.content or "" for c in client.chat.completions.create(stream=True, **ask) if c.choices]
assert "".join(pieces) == whole.choices[0].message.content, pieces
assert whole.usage.completion_tokens == 8
schema = {"type": "object", "properties": {"city": {"enum": ["Oslo", "Rome"]}}, "required": ["city"], "additionalProperties": False}
tools = [{"type": "function", "function": {"name": "weather", "parameters": schema}}]
called = client.chat.completions.create(**{**ask, "max_tokens": 200}, tools=tools, tool_choice="required")
call = called.choices[0].message.tool_calls[0]
assert json.loads(call.function.arguments)["city"] in ("Oslo", "Rome"), call
form = {"type": "json_schema", "json_schema": {"name": "city", "schema": schema, "strict": True}}
value = client.chat.completions.create(**{**ask, "max_tokens": 200}, response_format=form)
assert json.loads(value.choices[0].message.content)["city"] in ("Oslo", "Rome")
raw = client.completions.create(model="tiny", prompt="hello", max_tokens=4, logprobs=2)
assert len(raw.choices[0].logprobs.tokens) == 4
vectors = client.embeddings.create(model="bert", input=["one", "two"])
assert len(vectors.data) == 2 and len(vectors.data[0].embedding) == 64
assert [m.id for m in client.models.list()] == ["tiny", "bert"]
try:
    client.chat.completions.create(**{**ask, "model": "none"})
    raise SystemExit("a model that is not there")
except NotFoundError as error:
    assert "none" in str(error)
try:
    client.chat.completions.create(**ask, extra_body={"no_such_field": 1})
    raise SystemExit("a field that is not there")
except BadRequestError as error:
    assert error.body["param"] == "no_such_field", error.body
with client.chat.completions.create(**{**ask, "max_tokens": 900}, stream=True) as stream:
    next(iter(stream))
print("done")
`;

test("OpenAI's client for Python: text, streams, tools, values, embeddings, errors, a stream that is left", async (context) => {
  const found = python("openai", "3.57.0");
  if ("missing" in found) return context.skip(found.missing);
  const server = await serve({
    port: 0,
    store: false,
    host: "child",
    load: { threads: 1 },
    models: {
      tiny: { model: tinyLlama().path, contextSize: 1024, chatTemplate },
      bert: { model: tinyBert().path },
    },
  });
  try {
    const { status, stdout, stderr } = await runPython(found.program, SCRIPT, { URL: server.url });
    assert.equal(status, 0, stderr);
    assert.equal(stdout.trim(), "done");
  } finally {
    await server.close();
  }
});
