import type { AnswerBlock, BlockDelta, ContentEvent } from "./response-schema.js";

/** Thoughts are signed so that clients send them back; here anybody may, so there is nothing to prove. */
const SIGNATURE = "unsigned";

/** Opens and closes blocks, so that one comes after another. */
export class BlockWriter {
  #index = -1;
  #open: AnswerBlock["type"] | undefined;

  /** The type of the block that is open. */
  get open(): AnswerBlock["type"] | undefined {
    return this.#open;
  }

  /** Goes on with a block of the type that is open, or begins one. */
  *write(block: AnswerBlock, delta: BlockDelta | undefined): Generator<ContentEvent> {
    if (this.#open !== block.type) yield* this.begin(block);
    if (delta !== undefined) yield* this.delta(delta);
  }

  *begin(block: AnswerBlock): Generator<ContentEvent> {
    yield* this.close();
    this.#open = block.type;
    this.#index++;
    yield { type: "content_block_start", index: this.#index, content_block: block };
  }

  *delta(delta: BlockDelta): Generator<ContentEvent> {
    yield { type: "content_block_delta", index: this.#index, delta };
  }

  *close(): Generator<ContentEvent> {
    if (this.#open === undefined) return;
    if (this.#open === "thinking") yield* this.delta({ type: "signature_delta", signature: SIGNATURE });
    yield { type: "content_block_stop", index: this.#index };
    this.#open = undefined;
  }
}
