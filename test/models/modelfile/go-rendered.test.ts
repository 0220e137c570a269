import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { ChatMessage, ToolCall } from "../../../src/chat/message.js";
import { ChatTemplate } from "../../../src/chat/template.js";
import type { ToolDefinition } from "../../../src/chat/tools/tool-definition.js";
import { convertGoTemplate } from "../../../src/models/modelfile/index.js";
import { goTemplates, renderWithGo } from "../../support/go-templates.js";

interface Conversation {
  readonly name: string;
  readonly think?: boolean;
  readonly tools?: readonly { readonly function: ToolDefinition }[];
  readonly messages: readonly (ChatMessage & {
    readonly calls?: readonly { readonly id: string; readonly function: Omit<ToolCall, "id"> }[];
  })[];
}

const read = (name: string): unknown => JSON.parse(readFileSync(`${goTemplates}/${name}`, "utf8"));
const conversations = read("conversations.json") as readonly Conversation[];
const rendered = read("rendered.json") as Readonly<Record<string, Readonly<Record<string, string>>>>;
const names = readdirSync(goTemplates)
  .filter((name) => name.endsWith(".gotmpl"))
  .map((name) => name.replace(".gotmpl", ""));

for (const name of names) {
  test(`What ${name} is converted to renders what Go renders`, () => {
    const { template } = convertGoTemplate(readFileSync(`${goTemplates}/${name}.gotmpl`, "utf8"));
    for (const { name: conversation, messages, tools, think } of conversations) {
      const jinja = new ChatTemplate(template).render(
        messages.map(({ calls, ...message }) => ({
          ...message,
          ...(calls === undefined ? {} : { toolCalls: calls.map((call) => ({ id: call.id, ...call.function })) }),
        })),
        {
          tools: tools?.map((tool) => tool.function),
          variables: think === undefined ? {} : { enable_thinking: think },
        },
      );
      assert.equal(jinja, rendered[name]?.[conversation], conversation);
    }
  });
}

test("What Go rendered is what it renders still", (context) => {
  if (spawnSync("go", ["version"]).status !== 0) {
    context.skip("Go is not installed");
    return;
  }
  assert.deepEqual(JSON.parse(renderWithGo()), rendered);
});
