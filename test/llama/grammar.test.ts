import assert from "node:assert/strict";
import { test } from "node:test";
import { Candidates } from "../../src/llama/candidates.js";
import { Sampler } from "../../src/llama/sampler.js";
import { GRAMMARS } from "../support/grammars.js";
import { tinyLlama } from "../support/tiny-models.js";
import { loadVocabulary } from "../support/tiny-vocabulary.js";

const { vocab } = loadVocabulary(tinyLlama().path);

/** The texts of the tokens that a grammar allows next. */
function allowed(sampler: Sampler): string[] {
  const candidates = Candidates.fromLogits(new Float32Array(vocab.size));
  sampler.apply(candidates);
  return [...candidates.ids]
    .filter((_, index) => candidates.logit(index) !== -Infinity)
    .map((token) => vocab.text(token));
}

function accept(sampler: Sampler, ...texts: readonly string[]): void {
  for (const text of texts)
    sampler.accept(
      Array.from({ length: vocab.size }, (_, token) => token).find((token) => vocab.text(token) === text) ?? -1,
    );
}

const ends = ["</s>", "<|im_end|>", "<|eom|>"];

test("a grammar allows what can come next, and the end only at its end", () => {
  const sampler = Sampler.grammar(vocab, 'root ::= "ab" | "c"');
  assert.deepEqual(allowed(sampler).sort(), ["<0x61>", "<0x63>", "a", "c"]);
  accept(sampler, "a");
  assert.deepEqual(allowed(sampler).sort(), ["<0x62>", "b"]);
  accept(sampler, "b");
  assert.ok(ends.some((end) => allowed(sampler).includes(end)));
  assert.ok(
    allowed(sampler).every((text) =>
      vocab.isEog(vocab.tokenize(text, { addSpecial: false, parseSpecial: true })[0] ?? -1),
    ),
  );
});

test("a token of several characters is allowed when all of them are", () => {
  const sampler = Sampler.grammar(vocab, 'root ::= " the" " world"');
  assert.ok(allowed(sampler).includes("▁the"));
  assert.ok(!allowed(sampler).includes("▁that"));
  accept(sampler, "▁th");
  assert.deepEqual(allowed(sampler).sort(), ["<0x65>", "e"]);
});

test("a character can come byte by byte", () => {
  const sampler = Sampler.grammar(vocab, 'root ::= "é"');
  assert.deepEqual(allowed(sampler), ["<0xC3>"]);
  accept(sampler, "<0xC3>");
  assert.deepEqual(allowed(sampler), ["<0xA9>"]);
});

test("repetitions, classes, groups and comments mean what they mean in GBNF", () => {
  const sampler = Sampler.grammar(vocab, 'root ::= ([0-3]{2} "-"?)+ # digits\n');
  assert.deepEqual(
    allowed(sampler)
      .filter((text) => text.length === 1)
      .sort(),
    ["0", "1", "2", "3"],
  );
  accept(sampler, "3", "1");
  assert.ok(allowed(sampler).includes("-") && allowed(sampler).includes("0"));
  accept(sampler, "-");
  assert.ok(!allowed(sampler).includes("-"));
});

test("another rule can be the root", () => {
  assert.ok(allowed(Sampler.grammar(vocab, 'a ::= "x"\nb ::= "y"', "b")).includes("y"));
});

test("tokens can be named, by text or by id, and ruled out", () => {
  const sampler = Sampler.grammar(vocab, "root ::= <|im_start|> !<[9]>* <[9]>");
  assert.deepEqual(allowed(sampler), ["<|im_start|>"]);
  accept(sampler, "<|im_start|>");
  assert.ok(allowed(sampler).includes("a"));
});

test("a token that the grammar does not allow is refused, changes nothing, and the process lives", () => {
  const sampler = Sampler.chain().penalties(vocab, { presence: 1 }).grammar(vocab, 'root ::= "ab"').greedy();
  for (const wrong of [0, vocab.bos ?? -1, vocab.eos ?? -1, vocab.tokenize("b", { addSpecial: false })[0] ?? -1]) {
    assert.throws(() => sampler.accept(wrong), { code: "GRAMMAR_REJECTED" });
  }
  assert.throws(() => sampler.accept(vocab.size), { code: "ARGUMENT_INVALID" });
  accept(sampler, "a", "b");
  assert.throws(() => accept(sampler, "b"), { code: "GRAMMAR_REJECTED" });
  sampler.accept(vocab.eos ?? -1);
});

test("reset starts a grammar again, a clone goes its own way", () => {
  const sampler = Sampler.grammar(vocab, 'root ::= "ab"');
  accept(sampler, "a");
  const clone = sampler.clone();
  sampler.reset();
  assert.ok(allowed(sampler).includes("a"));
  assert.ok(allowed(clone).includes("b"));
  sampler.copy(clone);
  assert.ok(allowed(sampler).includes("b"));
});

test("candidates beyond the vocabulary are refused", () => {
  const candidates = Candidates.fromLogits([0], [vocab.size]);
  for (const sampler of [Sampler.grammar(vocab, "root ::= .*"), Sampler.infill(vocab)])
    assert.throws(() => sampler.apply(candidates), { code: "ARGUMENT_INVALID" });
});

for (const text of GRAMMARS) {
  test(`${JSON.stringify(text.slice(0, 40))} can be used`, () => {
    assert.ok(allowed(Sampler.grammar(vocab, text)).length > 0);
  });
}

const wrong: Readonly<Record<string, readonly [string, RegExp]>> = {
  nothing: ["", /no rule "root"/],
  "no root": ['a ::= "x"', /no rule "root"/],
  "an undefined rule": ["root ::= x", /"x" is used, but not defined/],
  "no ::=": ['root = "x"', /line 1, column 6: expected ::=/],
  "an unclosed string": ['root ::= "x', /ends in the middle/],
  "an unclosed class": ["root ::= [a-", /ends in the middle/],
  "an unclosed group": ['root ::= ("x"', /expected \)/],
  "a line that goes on": ['root ::= "x" ) "y"', /expected the end of the line/],
  "an unknown escape": ['root ::= "\\q"', /no such escape/],
  "bad hexadecimal": ['root ::= "\\xZZ"', /2 hexadecimal digits/],
  "nothing to repeat": ["root ::= *", /something to repeat/],
  "a second line with a mistake": ['root ::= a\na ::= "x" $', /line 2, column 11/],
  "left recursion": ['root ::= root "x" | "y"', /left-recursive/],
  "left recursion through others": ['root ::= a\na ::= b "x"\nb ::= root | "y"', /left-recursive/],
  "left recursion behind what may be empty": ['root ::= a root "y" | "x"\na ::= b\nb ::= "" | "z"', /left-recursive/],
  "endless rules without text": ['root ::= n root\nn ::= m\nm ::= ""', /can never begin/],
  "fewer at most than at least": ['root ::= "a"{5,3}', /fewer than the least/],
  "too many repetitions": ['root ::= "a"{3000}', /at most 2000/],
  "repetitions of repetitions": ['root ::= "a"{100}{100}', /repetitions of repetitions/],
  "an endless literal": [`root ::= "${"a".repeat(10_000)}"{2000}`, /too large/],
  "deep nesting": [`root ::= ${"(".repeat(100_000)}"a"${")".repeat(100_000)}`, /deep/],
  "a long chain of rules": [
    `root ::= a0\n${Array.from({ length: 60_000 }, (_, i) => `a${i} ::= a${i + 1}`).join("\n")}\na60000 ::= "x"`,
    /too (?:many|long)/,
  ],
  "doubling at each of 40 levels": [
    `root ::= a0\n${Array.from({ length: 40 }, (_, i) => `a${i} ::= a${i + 1} a${i + 1}`).join("\n")}\na40 ::= "x" | ""`,
    /too many ways/,
  ],
  "thousands of parts that may be empty": ['root ::= [a-z]*{2000} "."', /too many parts in a row/],
  "a token that is none": ["root ::= <hello there>", /name of a token/],
  "a token beyond the vocabulary": ["root ::= <[100000]>", /name of a token/],
  "characters and then any other token": ['root ::= "a" !<[5]>', /follows characters/],
  "characters and then a token that begins with them": ['root ::= "<" <|im_end|>', /its own text begins with/],
  llguidance: ["%llguidance {}", /no llguidance/],
};

for (const [name, [text, message]] of Object.entries(wrong)) {
  test(`a grammar with ${name} is refused with the reason`, () => {
    assert.throws(
      () => Sampler.grammar(vocab, text),
      (error: { code?: unknown; message: string }) => {
        assert.equal(error.code, "GRAMMAR_INVALID");
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test("what only llama.cpp refuses comes with its own words", () => {
  // Empty only by way of itself: harmless, but llama.cpp counts it as left recursion.
  assert.throws(
    () => Sampler.grammar(vocab, 'root ::= a root | "x"\na ::= "" | "y"'),
    (error: { code?: unknown; log: readonly { text: string }[] }) => {
      assert.equal(error.code, "GRAMMAR_INVALID");
      assert.ok(error.log.some(({ text }) => text.includes("left recursion")));
      return true;
    },
  );
});

test("arguments that are no text are refused", () => {
  for (const use of [
    () => Sampler.grammar(vocab, 1 as never),
    () => Sampler.grammar(vocab, "a\0"),
    () => Sampler.grammar(vocab, "root ::= .", 1 as never),
    () => Sampler.grammar({} as never, "root ::= ."),
  ]) {
    assert.throws(use, { name: /Error/ });
  }
  assert.equal(Sampler.grammar(vocab, "root ::= .").name, "grammar");
});
