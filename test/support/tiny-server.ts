import { createServer, type MullamaServer, type ServerOptions } from "../../src/server/index.js";
import { tinyLlama } from "./tiny-models.js";

/** ChatML, with a place for tools. */
export const chatTemplate = `{%- if tools %}<|im_start|>system
{% for tool in tools %}{{ tool | tojson }}
{% endfor %}Call with <tool_call>{"name": …, "arguments": …}</tool_call><|im_end|>
{% endif %}{%- for message in messages %}<|im_start|>{{ message.role }}
{{ message.content }}{%- for call in message.tool_calls or [] %}
<tool_call>
{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}
</tool_call>{%- endfor %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}`;

/**
 * A server with a tiny random model called `tiny`, also known as `gpt-tiny`, on this thread alone: threads of two test files
 * would wait for each other's processors. It sends no signs of life, so that a slow machine streams what a fast one does.
 */
export function tinyServer(options: ServerOptions = {}): Promise<MullamaServer> {
  return createServer({
    host: "inline",
    store: false,
    checkAnswers: true,
    heartbeat: 0,
    ...options,
    load: { threads: 1, ...options.load },
    models: {
      tiny: { model: tinyLlama().path, aliases: ["gpt-tiny"], contextSize: 1024, parallel: 4, chatTemplate },
      ...options.models,
    },
  });
}

/** Posts JSON to a server. */
export function post(
  server: Pick<MullamaServer, "fetch">,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return server.fetch(
    new Request(`http://localhost${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    }),
  );
}
