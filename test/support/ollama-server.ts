import { Ollama } from "ollama";
import { type ListeningServer, serve, type ServeOptions } from "../../src/server/index.js";
import { tinyBert, tinyLlama } from "./tiny-models.js";
import { chatTemplate } from "./tiny-server.js";

/** A server that listens, with the tiny models `tiny` and `bert`, and Ollama's own client of it. */
export async function ollamaServer(
  options: ServeOptions = {},
): Promise<{ readonly server: ListeningServer; readonly client: Ollama }> {
  const server = await serve({
    port: 0,
    host: "inline",
    store: false,
    checkAnswers: true,
    ...options,
    load: { threads: 1, ...options.load },
    models: {
      tiny: { model: tinyLlama().path, contextSize: 1024, chatTemplate, defaults: { temperature: 0 } },
      bert: { model: tinyBert().path },
      ...options.models,
    },
  });
  return { server, client: new Ollama({ host: server.url }) };
}
