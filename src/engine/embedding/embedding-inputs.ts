/** Turns what is asked for into tokens, and refuses what cannot be computed. */
import { ArgumentError, MullamaError } from "../../errors.js";
import {
  checkArray,
  checkBoolean,
  checkInteger,
  checkNumber,
  checkOneOf,
  checkOptions,
  checkText,
  checkTokens,
} from "../../llama/check.js";
import type { Model } from "../../llama/index.js";
import type { EmbeddingPooling, EmbeddingRequest, RerankRequest } from "./embedding-request.js";

const poolings: readonly EmbeddingPooling[] = ["model", "mean", "cls", "last", "none"];

export function checkEmbeddingRequest(request: EmbeddingRequest, size: number): void {
  const names = ["inputs", "pooling", "normalize", "dimensions", "addSpecial", "parseSpecial", "truncate", "deadline"];
  checkOptions("request", request, names);
  if (checkArray("inputs", request.inputs).length === 0) throw new ArgumentError("inputs", "at least one text", []);
  if (request.pooling !== undefined) checkOneOf("pooling", request.pooling, poolings);
  if (request.dimensions !== undefined) checkInteger("dimensions", request.dimensions, 1, size);
  for (const name of ["normalize", "addSpecial", "parseSpecial", "truncate"] as const) {
    if (request[name] !== undefined) checkBoolean(name, request[name]);
  }
  checkDeadline(request.deadline);
}

export function checkRerankRequest(request: RerankRequest): void {
  checkOptions("request", request, ["query", "documents", "normalize", "truncate", "deadline"]);
  checkText("query", request.query);
  if (checkArray("documents", request.documents).length === 0)
    throw new ArgumentError("documents", "at least one text", []);
  request.documents.forEach((text, index) => checkText(`documents[${index}]`, text));
  for (const name of ["normalize", "truncate"] as const) {
    if (request[name] !== undefined) checkBoolean(name, request[name]);
  }
  checkDeadline(request.deadline);
}

function checkDeadline(deadline: number | undefined): void {
  if (deadline !== undefined) checkNumber("deadline", deadline, 0, 2 ** 31 - 1);
}

/** The tokens of each input. */
export function embeddingTokens({ vocab }: Model, request: EmbeddingRequest, longest: number): Int32Array[] {
  const { inputs, addSpecial = true, parseSpecial = false, truncate = false } = request;
  return inputs.map((input, index) => {
    const name = `inputs[${index}]`;
    const tokens =
      typeof input === "string"
        ? vocab.tokenize(checkText(name, input), { addSpecial, parseSpecial })
        : checkTokens(name, input, vocab.size);
    if (tokens.length === 0) throw new ArgumentError(name, "a text that has at least one token", input);
    return fit(name, tokens, longest, truncate, vocab.addEos && typeof input === "string" && addSpecial);
  });
}

/** The tokens of the query with each document, as models that compare them are trained. */
export function rerankTokens(model: Model, request: RerankRequest, longest: number): Int32Array[] {
  const { query, documents, truncate = false } = request;
  return documents.map((document, index) =>
    fit(`documents[${index}]`, pair(model, query, document), longest, truncate, true),
  );
}

function pair(model: Model, query: string, document: string): Int32Array {
  const { vocab } = model;
  const template = model.chatTemplate("rerank");
  if (template !== undefined) {
    const text = template.replaceAll("{query}", () => query).replaceAll("{document}", () => document);
    return vocab.tokenize(text, { addSpecial: false, parseSpecial: true });
  }
  const plain = { addSpecial: false, parseSpecial: false };
  const end = vocab.addEos ? (vocab.eos ?? vocab.sep) : undefined;
  const parts = [
    vocab.addBos ? vocab.bos : undefined,
    ...vocab.tokenize(query, plain),
    end,
    vocab.addSep ? vocab.sep : undefined,
    ...vocab.tokenize(document, plain),
    end,
  ];
  return Int32Array.from(parts.filter((token) => token !== undefined));
}

/** @param keepLast whether the last token closes the text, and stays when that is cut */
function fit(name: string, tokens: Int32Array, longest: number, truncate: boolean, keepLast: boolean): Int32Array {
  if (tokens.length <= longest) return tokens;
  if (!truncate) {
    throw new MullamaError(
      "PROMPT_TOO_LONG",
      `${name} has ${tokens.length} tokens, ${tokens.length - longest} more than there is room for (${longest}).`,
      { hint: "Shorten it, or set truncate." },
    );
  }
  const cut = tokens.slice(0, longest);
  const last = tokens.at(-1);
  if (keepLast && last !== undefined) cut[longest - 1] = last;
  return cut;
}
