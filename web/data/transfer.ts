import { answerOf, type Answer, type Conversation, emptyAnswer, newId, type Turn } from "./conversation.js";

/** Gives conversations to the user, as a file. */
export function exportConversations(list: readonly Conversation[], name: string): void {
  const text = JSON.stringify({ format: "mullama-conversations", version: 1, conversations: list }, undefined, 2);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads such a file. Of a file that others made nothing is taken that has not the right form. @throws {SyntaxError} */
export function readExport(text: string): Conversation[] {
  const file = fieldsOf(JSON.parse(text) as unknown);
  if (file["format"] !== "mullama-conversations" || !Array.isArray(file["conversations"]))
    throw new SyntaxError("This file holds no conversations of mullama's.");
  return file["conversations"].map(readConversation);
}

function readConversation(value: unknown): Conversation {
  const fields = fieldsOf(value);
  return {
    id: /^[0-9a-f]{24}$/.test(textOf(fields["id"])) ? textOf(fields["id"]) : newId(),
    title: textOf(fields["title"]) || "Imported",
    created: numberOf(fields["created"]) || Date.now(),
    updated: numberOf(fields["updated"]) || Date.now(),
    system: textOf(fields["system"]),
    turns: listOf(fields["turns"]).flatMap(readTurn),
  };
}

function readTurn(value: unknown): Turn[] {
  const fields = fieldsOf(value);
  const [id, text] = [newId(), textOf(fields["text"])];
  switch (fields["role"]) {
    case "user":
      return [{ role: "user", id, text }];
    case "tool":
      return [{ role: "tool", id, text, callId: textOf(fields["callId"]), name: textOf(fields["name"]) }];
    case "assistant": {
      const answers = listOf(fields["answers"]).map(readAnswer);
      const turn = { role: "assistant" as const, id, answers, current: numberOf(fields["current"]) };
      if (answers.length === 0) return [];
      return [answerOf(turn) === undefined ? { ...turn, current: 0 } : turn];
    }
    default:
      return [];
  }
}

function readAnswer(value: unknown): Answer {
  const fields = fieldsOf(value);
  return {
    ...emptyAnswer(textOf(fields["model"])),
    text: textOf(fields["text"]),
    reasoning: textOf(fields["reasoning"]),
    toolCalls: listOf(fields["toolCalls"])
      .map(fieldsOf)
      .map((call) => ({ id: textOf(call["id"]), name: textOf(call["name"]), arguments: textOf(call["arguments"]) })),
    finish: textOf(fields["finish"]) || "stop",
  };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function numberOf(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
