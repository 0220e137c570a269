/** What of a chat's answer can be changed while it comes. */
export interface LiveChat {
  endReasoning(): void;
}

/** The chats that are being answered, by the ids of their answers. */
export class LiveChats {
  readonly #chats = new Map<string, readonly LiveChat[]>();

  /** @returns what is called when it has ended */
  add(id: string, answers: readonly LiveChat[]): () => void {
    this.#chats.set(id, answers);
    return () => void this.#chats.delete(id);
  }

  /** Ends the thinking of an answer now. @returns whether there is such an answer */
  endReasoning(id: string): boolean {
    const answers = this.#chats.get(id) ?? [];
    for (const answer of answers) answer.endReasoning();
    return answers.length > 0;
  }
}
