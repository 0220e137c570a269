import {
  type Answer,
  type AnswerStats,
  type AssistantTurn,
  emptyAnswer,
  newId,
  type Turn,
} from "../data/conversation.js";
import { createConversation, findConversation, setTurns } from "../data/conversations.js";
import { settings } from "../data/settings.js";
import { chatAddress } from "../route.js";
import { type ChatChunk, streamChat } from "../server/chat-stream.js";
import { watchModels } from "../server/models.js";
import { Store } from "../store.js";
import { announce } from "../ui/announce.js";
import { extendAnswer } from "./extend-answer.js";
import { requestBody } from "./request-body.js";

/** The conversations in which an answer is being written, with what stops it. */
export const answering = new Store<ReadonlyMap<string, AbortController>>(new Map());

/** Says something in a conversation, or in a new one. */
export function say(id: string | undefined, text: string): void {
  const conversation = findConversation(id) ?? createConversation(settings.value.system, text);
  if (conversation.id !== id) location.hash = chatAddress(conversation.id);
  const turn: Turn = { role: "user", id: newId(), text };
  void answer(conversation.id, [...conversation.turns, turn]);
}

/** Puts another text in the place of one that was said; what came after it goes. */
export function sayInstead(id: string, turnId: string, text: string): void {
  const turns = findConversation(id)?.turns ?? [];
  const place = turns.findIndex((turn) => turn.id === turnId);
  if (place < 0) return;
  void answer(id, [...turns.slice(0, place), { role: "user", id: newId(), text }]);
}

/** Gives the model what its tools gave back. */
export function giveResults(id: string, results: readonly Omit<Turn & { role: "tool" }, "id" | "role">[]): void {
  const turns = findConversation(id)?.turns ?? [];
  void answer(id, [...turns, ...results.map((result): Turn => ({ role: "tool", id: newId(), ...result }))]);
}

/** Has another answer written beside those that there are; what came after them goes. */
export function answerAgain(id: string, turnId: string): void {
  const turns = findConversation(id)?.turns ?? [];
  const place = turns.findIndex((turn) => turn.id === turnId);
  const turn = turns[place];
  if (turn?.role === "assistant") void answer(id, turns.slice(0, place), turn);
}

export function stop(id: string): void {
  answering.value.get(id)?.abort();
}

/** Has the turns answered: in a new turn, or in one that was answered before. */
async function answer(id: string, turns: readonly Turn[], again?: AssistantTurn): Promise<void> {
  const conversation = findConversation(id);
  if (conversation === undefined || answering.value.has(id)) return;
  const controller = new AbortController();
  answering.value = new Map([...answering.value, [id, controller]]);
  const earlier = again?.answers ?? [];
  const turnId = again?.id ?? newId();
  const show = (given: Answer, lasting: boolean): void => {
    const turn = { role: "assistant" as const, id: turnId, answers: [...earlier, given], current: earlier.length };
    setTurns(id, [...turns, turn], lasting);
  };
  let written = emptyAnswer(settings.value.model);
  show(written, true);
  announce("The model is answering.");
  // What comes in between two frames is drawn at once.
  let frame = 0;
  const draw = (): void => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      show(written, false);
    });
  };
  const clock = new AnswerClock();
  try {
    const body = requestBody(conversation, turns, settings.value);
    // Loading shows in the list of models.
    setTimeout(() => void watchModels(), 150);
    for await (const chunk of streamChat(body, controller.signal)) {
      clock.note(chunk);
      written = extendAnswer(written, chunk);
      draw();
    }
    written = { ...written, finish: written.finish ?? "stopped" };
  } catch (error) {
    if (controller.signal.aborted) written = { ...written, finish: "stopped" };
    else written = { ...written, finish: "error", error: wordsOf(error) };
  }
  cancelAnimationFrame(frame);
  show({ ...written, stats: clock.stats }, true);
  answering.value = new Map([...answering.value].filter(([one]) => one !== id));
  announce(written.error ?? (written.finish === "stopped" ? "Stopped." : "The answer is complete."));
  void watchModels();
}

function wordsOf(error: unknown): string {
  // What fetch throws where nobody answers, in words that differ from browser to browser.
  if (error instanceof TypeError && error.constructor === TypeError) return "The connection to the server was lost.";
  return (error as Error).message;
}

/** What an answer took. */
class AnswerClock {
  readonly #start = performance.now();
  #first: number | undefined;
  #last = 0;
  #usage: ChatChunk["usage"];

  note({ choices, usage }: ChatChunk): void {
    this.#usage = usage ?? this.#usage;
    const [choice] = choices;
    if (choice === undefined) return;
    const { content, reasoning_content: reasoning, tool_calls: calls } = choice.delta;
    if ((content ?? "") + (reasoning ?? "") === "" && calls === undefined) return;
    this.#last = performance.now() - this.#start;
    this.#first ??= this.#last;
  }

  get stats(): AnswerStats | undefined {
    if (this.#usage === undefined || this.#usage === null || this.#first === undefined) return undefined;
    return {
      promptTokens: this.#usage.prompt_tokens,
      cachedTokens: this.#usage.prompt_tokens_details.cached_tokens,
      tokens: this.#usage.completion_tokens,
      firstTokenMs: this.#first,
      totalMs: this.#last,
    };
  }
}
