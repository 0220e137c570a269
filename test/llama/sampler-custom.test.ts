import assert from "node:assert/strict";
import { test } from "node:test";
import type { Candidates } from "../../src/llama/candidates.js";
import { Sampler } from "../../src/llama/sampler.js";
import type { CustomSampler } from "../../src/llama/sampler-custom.js";
import { withProbabilities } from "../support/candidates.js";

/** Rules out the token that came last. */
function noRepeats(last = -1): CustomSampler {
  return {
    name: "no-repeats",
    apply(candidates) {
      for (let index = 0; index < candidates.size; index++)
        if (candidates.id(index) === last) candidates.setLogit(index, -Infinity);
    },
    accept(token) {
      last = token;
    },
    reset() {
      last = -1;
    },
    clone: () => noRepeats(last),
  };
}

function choose(sampler: Sampler): number | undefined {
  const candidates = withProbabilities(0.6, 0.3, 0.1);
  sampler.apply(candidates);
  return candidates.selectedToken;
}

test("a sampler in TypeScript works beside native ones, with its own name", () => {
  const chain = Sampler.chain().topK(2).custom(noRepeats()).greedy();
  assert.equal(chain.get(1)?.name, "no-repeats");
  assert.equal(choose(chain), 0);
  chain.accept(0);
  assert.equal(choose(chain), 1);
  chain.accept(1);
  assert.equal(choose(chain), 0);
  chain.accept(0);
  chain.reset();
  assert.equal(choose(chain), 0);
});

test("it can sort, shorten and select", () => {
  const seen: number[] = [];
  const chain = Sampler.chain().custom({
    name: "second",
    apply(candidates) {
      candidates.sort();
      candidates.truncate(2);
      candidates.softmax();
      seen.push(candidates.size, Math.round(candidates.probability(0) * 1000));
      candidates.select(1);
    },
  });
  const candidates = withProbabilities(0.1, 0.3, 0.6);
  chain.apply(candidates);
  assert.equal(candidates.selectedToken, 1);
  assert.deepEqual([...candidates.ids], [2, 1]);
  // 0.6 / (0.6 + 0.3)
  assert.deepEqual(seen, [2, 667]);
});

test("a clone has the state of its time, and goes its own way", () => {
  const chain = Sampler.chain().custom(noRepeats()).greedy();
  chain.accept(0);
  const clone = chain.clone();
  chain.accept(1);
  assert.equal(choose(clone), 1);
  assert.equal(choose(chain), 0);
  chain.dispose();
  assert.equal(choose(clone), 1);
  assert.equal(clone.get(0)?.name, "no-repeats");
});

test("copy takes over the state of the same sampler", () => {
  const from = Sampler.chain().custom(noRepeats()).greedy();
  const to = from.clone();
  from.accept(0);
  assert.equal(choose(to), 0);
  to.copy(from);
  assert.equal(choose(to), 1);
  to.accept(1);
  assert.equal(choose(from), 1);
  assert.throws(() => to.copy(Sampler.chain().custom(noRepeats()).greedy()), { code: "ARGUMENT_INVALID" });
});

test("without clone(), neither it nor its chain can be cloned or copied", () => {
  const chain = Sampler.chain()
    .custom({ name: "plain", apply: () => undefined })
    .greedy();
  assert.throws(() => chain.clone(), { code: "UNSUPPORTED" });
  assert.throws(() => chain.get(0)?.clone(), { code: "UNSUPPORTED" });
  assert.equal(choose(chain), 0);
});

for (const place of ["apply", "accept", "reset", "clone"] as const) {
  test(`what ${place} throws is thrown after the call, and normal use still works`, () => {
    let failing = true;
    const problem = new RangeError("mine");
    const fail = (): void => {
      if (failing) throw problem;
    };
    const definition: CustomSampler = {
      name: "failing",
      apply: () => (place === "apply" ? fail() : undefined),
      accept: () => (place === "accept" ? fail() : undefined),
      reset: () => (place === "reset" ? fail() : undefined),
      clone: () => {
        if (place === "clone") fail();
        return definition;
      },
    };
    const chain = Sampler.chain().custom(definition).greedy();
    const uses = {
      apply: () => choose(chain),
      accept: () => chain.accept(1),
      reset: () => chain.reset(),
      clone: () => chain.clone(),
    };
    assert.throws(uses[place], problem);
    failing = false;
    uses[place]();
    assert.equal(choose(chain), 0);
  });
}

test("the chain cannot be changed, run or freed from inside", () => {
  const codes: unknown[] = [];
  const attempt = (use: () => unknown): void => {
    try {
      use();
      codes.push("done");
    } catch (error) {
      codes.push((error as { code?: unknown }).code);
    }
  };
  const chain = Sampler.chain()
    .custom({
      name: "meddling",
      apply(candidates) {
        for (const use of [
          () => chain.remove(0),
          () => chain.topK(1),
          () => chain.reset(),
          () => chain.clone(),
          () => chain.apply(candidates),
          () => chain.accept(1),
        ])
          attempt(use);
        chain.dispose();
      },
    })
    .greedy();
  assert.equal(choose(chain), 0);
  assert.deepEqual(
    codes,
    Array.from({ length: 6 }, () => "BUSY"),
  );
  assert.equal(chain.disposed, true);
});

test("other samplers can be run from inside", () => {
  const inner = Sampler.topK(1);
  const chain = Sampler.chain()
    .custom({ name: "delegating", apply: (candidates) => inner.apply(candidates) })
    .greedy();
  const candidates = withProbabilities(0.1, 0.9);
  chain.apply(candidates);
  assert.deepEqual([...candidates.ids], [1]);
});

test("candidates that are C's expire when apply returns", () => {
  let kept: Candidates | undefined;
  const chain = Sampler.chain()
    .custom({ name: "keeping", apply: (candidates) => void (kept = candidates) })
    .greedy();
  choose(chain);
  assert.throws(() => kept?.size, { code: "STALE_VIEW" });
  assert.throws(() => kept?.setLogit(0, 1), { code: "STALE_VIEW" });
  assert.throws(() => kept?.ids, { code: "STALE_VIEW" });
});

test("what C could not bear is refused inside", () => {
  for (const use of [
    (c: Candidates) => c.setLogit(0, Number.NaN),
    (c: Candidates) => c.truncate(0),
    (c: Candidates) => c.select(99),
  ]) {
    const chain = Sampler.chain().custom({ name: "wrong", apply: use }).topP(0.5).greedy();
    assert.throws(() => choose(chain), { code: "ARGUMENT_INVALID" });
  }
});

test("something that is no sampler is refused", () => {
  const wrong = [
    undefined,
    null,
    {},
    { name: "x" },
    { name: 1, apply: () => undefined },
    { name: "x", apply: 1 },
    { name: "x\0", apply: () => undefined },
    { name: "x", apply: () => undefined, reset: 1 },
  ];
  for (const one of wrong) assert.throws(() => Sampler.custom(one as never), { code: "ARGUMENT_INVALID" });
});

test("thousands come and go", () => {
  for (let round = 0; round < 10_000; round++) {
    using chain = Sampler.chain().custom(noRepeats()).greedy();
    if (round % 100 === 0) assert.equal(choose(chain), 0);
  }
});
