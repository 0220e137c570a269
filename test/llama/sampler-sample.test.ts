import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { Context } from "../../src/llama/context.js";
import { Model } from "../../src/llama/model.js";
import { Sampler } from "../../src/llama/sampler.js";
import { tinyLlama } from "../support/tiny-models.js";

const model = Model.load(tinyLlama().path);
const { vocab } = model;
const context = new Context(model, { contextSize: 256 });
after(() => {
  context.dispose();
  model.dispose();
});

beforeEach(() => context.decode(vocab.tokenize("once upon a time")));

function mostLikely(): number {
  return context.logits().argmax();
}

test("greedy samples the token with the greatest logit", () => {
  assert.equal(Sampler.greedy().sample(context), mostLikely());
  assert.equal(Sampler.chain().topK(5).greedy().sample(context), mostLikely());
});

test("sampling with a seed is reproducible, and accepts the token", () => {
  const draw = (): number[] => {
    using chain = Sampler.chain().topK(40).topP(0.95).temperature(0.8).dist(42);
    return Array.from({ length: 20 }, () => chain.sample(context));
  };
  assert.deepEqual(draw(), draw());
  using chain = Sampler.chain().penalties(vocab, { lastTokens: 4, presence: 1000 }).greedy();
  const tokens = [chain.sample(context), chain.sample(context), chain.sample(context)];
  assert.equal(tokens[0], mostLikely());
  assert.equal(new Set(tokens).size, 3);
  assert.equal(chain.performance.tokens, 3);
});

test("a grammar decides what is sampled", () => {
  using chain = Sampler.chain().grammar(vocab, 'root ::= "the " [a-c]{3}').greedy();
  const tokens: number[] = [];
  for (;;) {
    const token = chain.sample(context);
    if (vocab.isEog(token)) break;
    tokens.push(token);
  }
  assert.match(vocab.detokenize([...vocab.tokenize(""), ...tokens], { removeSpecial: true }), /^the [a-c]{3}$/);
});

test("a sampler in TypeScript sees the whole vocabulary, and decides", () => {
  let size = 0;
  using chain = Sampler.chain()
    .custom({
      name: "forty-two",
      apply(candidates) {
        size = candidates.size;
        for (let index = 0; index < size; index++)
          candidates.setLogit(index, candidates.id(index) === 42 ? 0 : -Infinity);
      },
    })
    .greedy();
  assert.equal(chain.sample(context), 42);
  assert.equal(size, vocab.size);
});

test("a chain that selects nothing is an error, and the process lives", () => {
  assert.throws(() => Sampler.chain().sample(context), { code: "SAMPLING_FAILED" });
  assert.throws(() => Sampler.chain().topK(5).sample(context), { code: "SAMPLING_FAILED" });
  assert.throws(() => Sampler.temperature(1).sample(context), { code: "SAMPLING_FAILED" });
  assert.equal(Sampler.greedy().sample(context), mostLikely());
});

test("a token that the grammar rules out is an error when no other is left, and the process lives", () => {
  using chain = Sampler.chain().topK(1).grammar(vocab, 'root ::= "\\x07"').greedy();
  assert.throws(() => chain.sample(context), { code: "GRAMMAR_REJECTED" });
  assert.throws(() => chain.sample(context), { code: "GRAMMAR_REJECTED" });
  chain.remove(0);
  assert.equal(vocab.text(chain.sample(context)), "<0x07>");
});

test("what a sampler in TypeScript throws is thrown, and nothing is accepted", () => {
  using chain = Sampler.chain()
    .custom({
      name: "failing",
      apply: () => {
        throw new RangeError("mine");
      },
    })
    .greedy();
  assert.throws(() => chain.sample(context), /mine/);
  assert.equal(chain.performance.tokens, 0);
  assert.equal(Sampler.greedy().sample(context), mostLikely());
});

test("neither the sampler nor the context can be freed from inside", () => {
  const own = new Context(model, { contextSize: 64 });
  own.decode(vocab.tokenize("hello"));
  const chain = Sampler.chain();
  chain
    .custom({
      name: "freeing",
      apply() {
        own.dispose();
        chain.dispose();
      },
    })
    .greedy();
  const expected = own.logits().argmax();
  assert.equal(chain.sample(own), expected);
  assert.equal(own.disposed && chain.disposed, true);
});

test("one sampler cannot sample from a context while another does", () => {
  const codes: unknown[] = [];
  using inner = Sampler.chain()
    .custom({ name: "inner", apply: () => undefined })
    .greedy();
  using outer = Sampler.chain()
    .custom({
      name: "outer",
      apply() {
        try {
          inner.sample(context);
        } catch (error) {
          codes.push((error as { code?: unknown }).code);
        }
      },
    })
    .greedy();
  assert.equal(outer.sample(context), mostLikely());
  assert.deepEqual(codes, ["BUSY"]);
  assert.equal(inner.sample(context), mostLikely());
});

test("outputs that are not there are refused", () => {
  const sampler = Sampler.greedy();
  for (const index of [1, 99, -2]) assert.throws(() => sampler.sample(context, index), { code: "OUTPUT_MISSING" });
  assert.throws(() => sampler.sample(context, 0.5), { code: "ARGUMENT_INVALID" });
  using fresh = new Context(model, { contextSize: 64 });
  assert.throws(() => sampler.sample(fresh), { code: "OUTPUT_MISSING" });
  assert.throws(() => sampler.sample({}), { name: /Error/ });
  assert.equal(sampler.sample(context), mostLikely());
});

test("a disposed sampler or context is refused", () => {
  const own = new Context(model, { contextSize: 64 });
  own.decode(vocab.tokenize("hello"));
  own.dispose();
  assert.throws(() => Sampler.greedy().sample(own), { code: "DISPOSED" });
  const sampler = Sampler.greedy();
  sampler.dispose();
  assert.throws(() => sampler.sample(context), { code: "DISPOSED" });
});

test("a sampler made for a smaller vocabulary is refused", () => {
  const other = Model.load(tinyLlama({ vocab: "bpe" }).path);
  const [small, large] = other.vocab.size < vocab.size ? [other, model] : [model, other];
  assert.ok(small.vocab.size < large.vocab.size);
  using own = new Context(large, { contextSize: 64 });
  own.decode(large.vocab.tokenize("hello"));
  using chain = Sampler.chain().grammar(small.vocab, "root ::= .*").greedy();
  assert.throws(() => chain.sample(own), { code: "ARGUMENT_INVALID" });
  assert.ok(Sampler.greedy().sample(own) >= 0);
  other.dispose();
});
