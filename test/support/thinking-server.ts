import { type ListeningServer, serve, type ServeOptions } from "../../src/server/index.js";
import { tinyLlama } from "./tiny-models.js";
import { chatTemplate } from "./tiny-server.js";

/** ChatML whose answers begin with thoughts, unless they are switched off. */
export const thinkingTemplate = `{%- for message in messages %}<|im_start|>{{ message.role }}
{% if message.reasoning_content %}<think>
{{ message.reasoning_content }}
</think>

{% endif %}{{ message.content }}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% if enable_thinking is defined and not enable_thinking %}<think>

</think>

{% else %}<think>
{% endif %}{% endif %}`;

/** One of a model that always thinks, as long as it may. */
export const alwaysThinkingTemplate = `{%- for message in messages %}<|im_start|>{{ message.role }}
{% if message.reasoning_content %}<think>
{{ message.reasoning_content }}
</think>

{% endif %}{{ message.content }}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
<think>
{% endif %}`;

/** A server that listens, with the tiny models `tiny` and `thinker`. */
export function thinkingServer(options: ServeOptions = {}): Promise<ListeningServer> {
  return serve({
    port: 0,
    host: "inline",
    store: false,
    checkAnswers: true,
    load: { threads: 1 },
    ...options,
    models: {
      tiny: { model: tinyLlama().path, contextSize: 1024, chatTemplate },
      thinker: { model: tinyLlama({ contextSize: 4096 }).path, contextSize: 4096, chatTemplate: thinkingTemplate },
    },
  });
}
