// A process of its own, since a crash would end it: damages grammars, uses those that are still accepted, and prints a summary.
import { Candidates } from "../../src/llama/candidates.js";
import { Sampler } from "../../src/llama/sampler.js";
import { MullamaError } from "../../src/errors.js";
import { GRAMMARS } from "./grammars.js";
import { tinyLlama } from "./tiny-models.js";
import { TinyRandom } from "./tiny-random.js";
import { loadVocabulary } from "./tiny-vocabulary.js";

const rounds = Number(process.argv[2]);
const random = new TinyRandom(Number(process.argv[3]));
const { vocab } = loadVocabulary(tinyLlama().path);
const snippets = [
  "*",
  "+",
  "?",
  "{2}",
  "{0}",
  "{0,3}",
  "{3,}",
  "{2,1}",
  "{2000}",
  "{1,2000}",
  "(",
  ")",
  "()",
  '""',
  '"',
  "[",
  "]",
  "[]",
  "[^]",
  "|",
  "::=",
  "\n",
  "root",
  "ws",
  "value",
  "\\",
  "\\x",
  "\\xFF",
  "\\U00110000",
  "<",
  ">",
  "<[5]>",
  "!<[5]>",
  "<[99999]>",
  "<|im_end|>",
  "!",
  ".",
  "-",
  "\u{1F642}",
  "\ud800",
  "#",
  "root ::= root",
  "x ::= ",
  '"a"? "a"? "a"?',
];

function below(limit: number): number {
  return Math.min(Math.floor(random.uniform() * limit), limit - 1);
}

function damage(text: string): string {
  const at = below(text.length + 1);
  const kind = below(5);
  if (kind === 0) return text.slice(0, at) + text.slice(at + 1 + below(4));
  if (kind === 1) return text.slice(0, at) + String.fromCharCode(32 + below(95)) + text.slice(at);
  if (kind === 2) return text.slice(0, at) + text.slice(below(text.length), below(text.length)) + text.slice(at);
  if (kind === 3) return text.slice(0, at);
  return text.slice(0, at) + (snippets[below(snippets.length)] ?? "") + text.slice(at);
}

/** Follows a grammar for some tokens, choosing at random among what it allows. */
function follow(sampler: Sampler): void {
  for (let step = 0; step < 8; step++) {
    const candidates = Candidates.fromLogits(new Float32Array(vocab.size));
    sampler.apply(candidates);
    const allowed = [...candidates.ids].filter((_, index) => candidates.logit(index) !== -Infinity);
    const token = allowed[below(allowed.length)];
    if (token === undefined || vocab.isEog(token)) break;
    sampler.accept(token);
    try {
      sampler.clone().accept(below(vocab.size));
    } catch (error) {
      if (!MullamaError.isInstance(error) || error.code !== "GRAMMAR_REJECTED") throw error;
    }
  }
  sampler.reset();
}

const counts = { accepted: 0, refused: 0, slow: 0 };
for (let round = 0; round < rounds; round++) {
  let text = GRAMMARS[below(GRAMMARS.length)] ?? "";
  for (let times = below(3); times >= 0; times--) text = damage(text);
  const start = performance.now();
  try {
    using sampler = Sampler.grammar(vocab, text.replaceAll("\0", ""));
    follow(sampler);
    counts.accepted++;
  } catch (error) {
    if (!MullamaError.isInstance(error) || error.code !== "GRAMMAR_INVALID") throw error;
    counts.refused++;
  }
  if (performance.now() - start > 5000) counts.slow++;
}
console.log(JSON.stringify(counts));
