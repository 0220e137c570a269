import type { LoadedModel } from "../../../mullama.js";
import type { ModelLease } from "../../pool/model-lease.js";
import type { ChatCall } from "./read-request.js";
import type { ChatRequest } from "./request-schema.js";

/** What every object of an answer begins with. */
export interface CompletionHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

/** One call for each answer that is wanted; where the seed is given, each has one of its own. */
export function answers({ n }: ChatRequest, call: ChatCall): ChatCall[] {
  const { seed } = call.options;
  return Array.from({ length: n }, (_, index) =>
    seed === undefined || index === 0 ? call : { ...call, options: { ...call.options, seed: seed + index } },
  );
}

/** What a stream of an answer is made of. */
export interface ChatStreamParts {
  readonly lease: ModelLease<LoadedModel>;
  readonly request: ChatRequest;
  readonly call: ChatCall;
  readonly head: CompletionHead;
  readonly requestId: string;
}
