import type { AnswerBlock, BlockDelta, ContentEvent } from "./content-block.js";

/** Thoughts are signed so that clients send them back; here anybody may, so there is nothing to prove. */
const SIGNATURE = "unsigned";

/** Opens and closes blocks, so that one comes after another. */
export class BlockWriter {
  #index = -1;
  #open: AnswerBlock | undefined;

  /** Goes on with a block of the type that is open, or opens one. */
  *write(block: AnswerBlock, delta: BlockDelta | undefined): Generator<ContentEvent> {
    if (this.#open?.type !== block.type) yield* this.open(block);
    if (delta !== undefined) yield { type: "content_block_delta", index: this.#index, delta };
  }

  *open(block: AnswerBlock): Generator<ContentEvent> {
    yield* this.close();
    this.#open = block;
    this.#index++;
    yield { type: "content_block_start", index: this.#index, content_block: block };
  }

  *close(): Generator<ContentEvent> {
    if (this.#open === undefined) return;
    const index = this.#index;
    if (this.#open.type === "thinking")
      yield { type: "content_block_delta", index, delta: { type: "signature_delta", signature: SIGNATURE } };
    yield { type: "content_block_stop", index };
    this.#open = undefined;
  }
}
