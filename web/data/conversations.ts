import { Store } from "../store.js";
import { type Conversation, newId, type Turn } from "./conversation.js";
import { readAll, remove, write } from "./database.js";

const TITLE_LENGTH = 60;

/** All conversations, the last used first; undefined until they are read. */
export const conversations = new Store<readonly Conversation[] | undefined>(undefined);
/** Why nothing is kept, such as in a private window. */
export const keepingError = new Store<string | undefined>(undefined);

/** A browser that keeps nothing still talks. */
async function keep<Done>(work: Promise<Done>): Promise<Done | undefined> {
  try {
    return await work;
  } catch (error) {
    keepingError.value = `This browser does not keep conversations: ${(error as Error).message}`;
    return undefined;
  }
}

export async function readConversations(): Promise<void> {
  const found = (await keep(readAll())) ?? [];
  conversations.value = found.map(finished).sort((a, b) => b.updated - a.updated);
}

/** What was being written when the page was closed has ended there. */
function finished(conversation: Conversation): Conversation {
  const turns = conversation.turns.map((turn): Turn =>
    turn.role === "assistant"
      ? { ...turn, answers: turn.answers.map((answer) => ({ ...answer, finish: answer.finish ?? "stopped" })) }
      : turn,
  );
  return { ...conversation, turns };
}

export function findConversation(id: string | undefined): Conversation | undefined {
  return conversations.value?.find((one) => one.id === id);
}

export function createConversation(system: string, firstText: string): Conversation {
  const now = Date.now();
  const made = { id: newId(), title: titleOf(firstText), created: now, updated: now, system, turns: [] };
  conversations.value = [made, ...(conversations.value ?? [])];
  return made;
}

function titleOf(text: string): string {
  const line = text.trim().split("\n")[0]?.trim() ?? "";
  return line.length <= TITLE_LENGTH ? line : `${line.slice(0, TITLE_LENGTH - 1)}…`;
}

/** Changes a conversation. @param lasting whether it is kept now; while an answer comes, it is not, piece by piece */
export function changeConversation(id: string, change: Partial<Omit<Conversation, "id">>, lasting = true): void {
  const before = findConversation(id);
  if (before === undefined) return;
  const after = { ...before, ...change };
  conversations.value = (conversations.value ?? []).map((one) => (one.id === id ? after : one));
  if (lasting) void keep(write(after));
}

/** Puts turns in the place of those that there are, and the conversation first. */
export function setTurns(id: string, turns: readonly Turn[], lasting = true): void {
  changeConversation(id, lasting ? { turns, updated: Date.now() } : { turns }, lasting);
  if (lasting) conversations.value = [...(conversations.value ?? [])].sort((a, b) => b.updated - a.updated);
}

export function deleteConversation(id: string): void {
  conversations.value = (conversations.value ?? []).filter((one) => one.id !== id);
  void keep(remove(id));
}

/** Adds conversations from elsewhere, under new ids where the old ones are taken. */
export function addConversations(added: readonly Conversation[]): void {
  const taken = new Set(conversations.value?.map(({ id }) => id));
  const fresh = added.map((one) => (taken.has(one.id) ? { ...one, id: newId() } : one));
  conversations.value = [...fresh, ...(conversations.value ?? [])].sort((a, b) => b.updated - a.updated);
  for (const one of fresh) void keep(write(one));
}
