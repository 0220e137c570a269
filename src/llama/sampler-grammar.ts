/** Grammars: checked before C reads them, and asked before a token is accepted. */
import { ArgumentError, MullamaError } from "../errors.js";
import { NativeMemory, type Pointer, sizeOf, toText, writeStruct } from "../native/index.js";
import { checkText, checkTokens } from "./check.js";
import { checkGrammar } from "./gbnf-check.js";
import { parseGrammar } from "./gbnf-parse.js";
import { api, orThrow } from "./library.js";
import { makeNode, type SamplerNode } from "./sampler-node.js";
import type { Vocab } from "./vocab.js";
import { modelOf, tokenizerPointer } from "./vocab-model.js";

export function grammar(vocab: Vocab, text: string, root: string): SamplerNode {
  readGrammar(vocab, text, root);
  const pointer = createGrammar(vocab, text, root);
  return makeNode(pointer, grammarConfig(text, root), {
    vocabularySize: vocab.size,
    models: [modelOf(vocab)],
    guard: refuseRejected,
  });
}

/** A grammar that waits for one of some tokens. */
export function grammarAfterTokens(
  vocab: Vocab,
  text: string,
  root: string,
  tokens: Int32Array | readonly number[],
): SamplerNode {
  const vocabPointer = tokenizerPointer(vocab);
  const ids = checkTriggers(vocab, text, root, tokens);
  const pointer = orThrow(
    () =>
      api().llama_sampler_init_grammar_lazy_patterns(
        vocabPointer,
        toText(text),
        toText(root),
        null,
        0,
        ids,
        ids.length,
      ),
    (log) => new MullamaError("GRAMMAR_INVALID", "llama.cpp refuses the grammar.", { log }),
  );
  return makeNode(pointer, `${grammarConfig(text, root)} after ${ids.join(" ")}`, {
    vocabularySize: vocab.size,
    models: [modelOf(vocab)],
    guard: refuseRejected,
  });
}

/** C ends the process when a token that starts a grammar is not one that it can start with. */
export function checkTriggers(
  vocab: Vocab,
  text: string,
  root: string,
  tokens: Int32Array | readonly number[],
): Int32Array {
  const ids = checkTokens("options.tokens", tokens, vocab.size);
  readGrammar(vocab, text, root);
  const probe = createGrammar(vocab, text, root);
  const wrong = ids.find((token) => rejects(probe, token));
  api().llama_sampler_free(probe);
  if (wrong !== undefined) throw new ArgumentError("options.tokens", "tokens that the grammar can begin with", wrong);
  return ids;
}

/** Reads and checks a grammar; cheap beside C's own reading. */
function readGrammar(vocab: Vocab, text: string, root: string): void {
  tokenizerPointer(vocab);
  checkText("grammar", text);
  checkText("root", root);
  if (text.startsWith("%llguidance")) {
    throw new MullamaError("GRAMMAR_INVALID", "The prebuilt llama.cpp has no llguidance.", {
      hint: "Write the grammar in GBNF.",
    });
  }
  const read = parseGrammar(text, (name) => findToken(vocab, name));
  if (!read.names.includes(root))
    throw new MullamaError("GRAMMAR_INVALID", `The grammar has no rule ${JSON.stringify(root)}.`);
  const decoder = new TextDecoder();
  checkGrammar(read, (token) => decoder.decode(vocab.piece(token, { renderSpecial: true })));
}

export function createGrammar(vocab: Vocab, text: string, root: string): Pointer<"llama_sampler"> {
  return orThrow(
    () => api().llama_sampler_init_grammar(tokenizerPointer(vocab), toText(text), toText(root)),
    (log) => new MullamaError("GRAMMAR_INVALID", "llama.cpp refuses the grammar.", { log }),
  );
}

export function grammarConfig(text: string, root: string): string {
  return `grammar ${JSON.stringify(root)} ${text}`;
}

/** Throws where C would end the process. */
export function refuseRejected(sampler: Pointer<"llama_sampler">, token: number): void {
  if (!rejects(sampler, token)) return;
  throw new MullamaError("GRAMMAR_REJECTED", `The grammar does not allow token ${token} here.`);
}

let probe: NativeMemory | undefined;

/** Whether a grammar rules a token out: it is applied to that candidate alone. */
function rejects(sampler: Pointer<"llama_sampler">, token: number): boolean {
  const size = sizeOf("llama_token_data_array");
  probe ??= new NativeMemory(size + sizeOf("llama_token_data"));
  const data = (probe.pointer + BigInt(size)) as Pointer<"llama_token_data">;
  writeStruct("llama_token_data", data, { id: token, logit: 0, p: 0 });
  writeStruct("llama_token_data_array", probe.pointer, { data, size: 1, selected: -1, sorted: false });
  api().llama_sampler_apply(sampler, probe.pointer as unknown as Pointer<"llama_token_data_array">);
  return new Float32Array(probe.bytes.buffer, probe.bytes.byteOffset + size + 4, 1)[0] === -Infinity;
}

function findToken(vocab: Vocab, name: string): number | undefined {
  const id = /^<\[(\d{1,9})\]>$/.exec(name)?.[1];
  if (id !== undefined) return Number(id) < vocab.size ? Number(id) : undefined;
  const tokens = vocab.tokenize(name, { addSpecial: false, parseSpecial: true });
  return tokens.length === 1 ? tokens[0] : undefined;
}
