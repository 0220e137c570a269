/** From the AI SDK's words to ours, and back. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LanguageModelV4CallOptions, LanguageModelV4Message } from "@ai-sdk/provider";
import { APICallError, UnsupportedFunctionalityError } from "@ai-sdk/provider";
import { MullamaError } from "../../../src/index.js";
import { callSettings } from "../../../src/integrations/ai-sdk/call-options.js";
import { toAiSdkError } from "../../../src/integrations/ai-sdk/errors.js";
import { finishReason } from "../../../src/integrations/ai-sdk/finish-reason.js";
import { chatMessages } from "../../../src/integrations/ai-sdk/prompt.js";
import { StreamParts } from "../../../src/integrations/ai-sdk/stream-parts.js";
import { toolOutputText } from "../../../src/integrations/ai-sdk/tool-output.js";
import { usageOf } from "../../../src/integrations/ai-sdk/usage.js";

const text = (value: string): { type: "text"; text: string } => ({ type: "text", text: value });

describe("a prompt of the AI SDK", () => {
  it("becomes messages, with thoughts, calls and answers of tools", () => {
    const messages = chatMessages([
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [text("One"), { type: "file", mediaType: "text/plain", data: { type: "text", text: "Two" } }],
      },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "Hm." },
          text("Let me see."),
          { type: "tool-call", toolCallId: "1", toolName: "look", input: { at: "it" } },
        ],
      },
      {
        role: "tool",
        content: [
          { type: "tool-result", toolCallId: "1", toolName: "look", output: { type: "json", value: { ok: true } } },
        ],
      },
    ]);
    assert.deepEqual(messages, [
      { role: "system", content: "Be brief." },
      { role: "user", content: "One\nTwo" },
      {
        role: "assistant",
        content: "Let me see.",
        reasoning: "Hm.",
        toolCalls: [{ id: "1", name: "look", arguments: { at: "it" } }],
      },
      { role: "tool", content: '{"ok":true}', toolCallId: "1", toolName: "look" },
    ]);
  });

  it("is refused where it holds what is not text", () => {
    const image = { type: "file", mediaType: "image/png", data: { type: "data", data: "AA==" } } as const;
    const strange: LanguageModelV4Message[] = [
      { role: "user", content: [image] },
      { role: "assistant", content: [image] },
      { role: "assistant", content: [{ type: "custom", kind: "a.b" }] },
      { role: "tool", content: [{ type: "tool-approval-response", approvalId: "1", approved: true }] },
      {
        role: "tool",
        content: [{ type: "tool-result", toolCallId: "1", toolName: "x", output: { type: "content", value: [image] } }],
      },
    ];
    for (const message of strange) {
      assert.throws(
        () => chatMessages([message]),
        (error) => UnsupportedFunctionalityError.isInstance(error),
      );
    }
  });

  it("tells the model what tools answered, in each of the forms", () => {
    assert.deepEqual(
      [
        toolOutputText({ type: "text", value: "yes" }),
        toolOutputText({ type: "error-text", value: "no" }),
        toolOutputText({ type: "error-json", value: { code: 1 } }),
        toolOutputText({ type: "execution-denied" }),
        toolOutputText({ type: "execution-denied", reason: "Not now." }),
        toolOutputText({ type: "content", value: [text("a"), text("b")] }),
      ],
      ["yes", "Error: no", 'Error: {"code":1}', "Error: The call was not allowed.", "Error: Not now.", "a\nb"],
    );
  });
});

describe("the settings of a call", () => {
  const of = (more: Partial<LanguageModelV4CallOptions>, reasons = true) =>
    callSettings({ prompt: [], ...more }, reasons);
  const tools: LanguageModelV4CallOptions["tools"] = [
    { type: "function", name: "look", inputSchema: { type: "object" } },
  ];

  it("become options of an answer", () => {
    const { options, warnings } = of({
      maxOutputTokens: 5,
      temperature: 0,
      topK: 3,
      stopSequences: ["x"],
      seed: 1,
      tools,
      toolChoice: { type: "tool", toolName: "look" },
      headers: { "user-agent": "ai" },
      providerOptions: { mullama: { priority: 2 }, other: { x: 1 } },
    });
    assert.deepEqual(options, {
      maxTokens: 5,
      temperature: 0,
      topK: 3,
      seed: 1,
      priority: 2,
      stop: ["x"],
      tools: [{ name: "look", description: undefined, parameters: { type: "object" } }],
      toolChoice: { name: "look" },
    });
    assert.deepEqual(warnings, []);
  });

  it("say how much is thought", () => {
    assert.deepEqual(of({ reasoning: "none" }).options, { reasoning: false });
    assert.deepEqual(of({ reasoning: "provider-default" }).options, {});
    assert.deepEqual(of({ reasoning: "low" }).options, {
      reasoning: { budget: 1024 },
      variables: { reasoning_effort: "low" },
    });
    assert.deepEqual(
      of({ reasoning: "low", providerOptions: { mullama: { reasoning: { budget: 9 } } } }).options.reasoning,
      {
        budget: 9,
      },
    );
    const { options, warnings } = of({ reasoning: "max" }, false);
    assert.deepEqual([options, warnings.length], [{}, 1]);
  });

  it("ask for JSON, but not where a tool must be called", () => {
    const responseFormat = { type: "json" } as const;
    assert.deepEqual(of({ responseFormat }).options.output, { schema: { type: "object" } });
    assert.equal(of({ responseFormat, tools, toolChoice: { type: "required" } }).options.output, undefined);
    const twice = { responseFormat, providerOptions: { mullama: { output: { choice: ["a"] } } } };
    assert.throws(() => of(twice), { code: "ARGUMENT_INVALID" });
  });
});

describe("an answer", () => {
  it("opens and closes the blocks of a stream", () => {
    const parts = new StreamParts();
    const types = [
      { type: "reasoning", text: "a" },
      { type: "text", text: "b" },
      { type: "text", text: "c" },
      { type: "tool-call-start", index: 0, id: "1", name: "look" },
      { type: "tool-call-delta", index: 0, id: "1", text: "{}" },
      { type: "tool-call", index: 0, call: { id: "1", name: "look", arguments: {} } },
      { type: "text", text: "d" },
    ] as const;
    assert.deepEqual(
      types
        .flatMap((event) => [...parts.of(event)])
        .map((part) => ("id" in part ? `${part.type} ${part.id}` : part.type)),
      [
        "reasoning-start reasoning-0",
        "reasoning-delta reasoning-0",
        "reasoning-end reasoning-0",
        "text-start text-1",
        "text-delta text-1",
        "text-delta text-1",
        "text-end text-1",
        "tool-input-start 1",
        "tool-input-delta 1",
        "tool-input-end 1",
        "tool-call",
        "text-start text-2",
        "text-delta text-2",
      ],
    );
  });

  it("says why it ended and what it took", () => {
    assert.deepEqual(finishReason("tool-calls"), { unified: "tool-calls", raw: "tool-calls" });
    const usage = { promptTokens: 10, completionTokens: 7, cachedTokens: 4, draftTokens: 0, acceptedDraftTokens: 0 };
    const { inputTokens, outputTokens } = usageOf({ ...usage, reasoningTokens: 3 });
    assert.deepEqual(inputTokens, { total: 10, noCache: 6, cacheRead: 4, cacheWrite: undefined });
    assert.deepEqual(outputTokens, { total: 7, text: 4, reasoning: 3 });
  });
});

describe("a failure", () => {
  it("is tried again only where the queue was full", () => {
    const full = toAiSdkError(new MullamaError("QUEUE_FULL", "Full."), "x");
    assert.ok(APICallError.isInstance(full) && full.isRetryable);
    const bad = new MullamaError("PROMPT_TOO_LONG", "Long.");
    assert.equal(toAiSdkError(bad, "x"), bad);
    const cannot = new MullamaError("SCHEMA_UNSUPPORTED", "Strange.");
    const mapped = toAiSdkError(cannot, "x");
    assert.ok(UnsupportedFunctionalityError.isInstance(mapped) && mapped.cause === cannot);
  });
});
