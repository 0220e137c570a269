/**
 * A child process of `context-fuzz.test.ts`: does random things with a context, mistakes among them. Whatever it does, only
 * `MullamaError`s may come. Arguments: model, first seed, last seed, progress file. What it does is in the progress file.
 */
import { appendFileSync, writeFileSync } from "node:fs";
import { MullamaError } from "../../src/errors.js";
import { Batch } from "../../src/llama/batch.js";
import type { CacheType, PoolingType } from "../../src/llama/context-enums.js";
import type { ContextOptions } from "../../src/llama/context-options.js";
import type { Context } from "../../src/llama/context.js";
import { ControlVector } from "../../src/llama/control-vector.js";
import { Model } from "../../src/llama/model.js";
import type { PositionRange } from "../../src/llama/memory.js";
import { Sampler } from "../../src/llama/sampler.js";
import { TinyRandom } from "./tiny-random.js";

const [path = "", first = "0", last = "0", progress = ""] = process.argv.slice(2);
const model = Model.load(path);
const vocabularySize = model.vocab.size;
const counts: Record<string, number> = {};
let random = new TinyRandom(0);
let saved: Uint8Array[] = [];
let wholes: Uint8Array[] = [];

function note(what: string, detail: unknown): void {
  appendFileSync(
    progress,
    `${what} ${JSON.stringify(detail, (_key, value: unknown) => (value instanceof Uint8Array ? `${value.length} bytes` : value))}\n`,
  );
}

function attempt<Result>(act: () => Result): Result | undefined {
  try {
    const result = act();
    counts["done"] = (counts["done"] ?? 0) + 1;
    return result;
  } catch (error) {
    if (!MullamaError.isInstance(error)) throw error;
    counts[error.code] = (counts[error.code] ?? 0) + 1;
    note("->", error.message.slice(0, 150));
    return undefined;
  }
}

function pick<Item>(from: readonly Item[]): Item {
  const item = from[random.below(from.length)];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
}

function chance(percent: number): boolean {
  return random.below(100) < percent;
}

function someOptions(): ContextOptions {
  return {
    contextSize: pick([1, 256, 300, 512]),
    batchSize: pick([8, 64, 600]),
    microBatchSize: pick([1, 7, 64, 512]),
    maxSequences: pick([1, 2, 3, 5]),
    recurrentSnapshots: pick([0, 0, 1, 4]),
    kvUnified: chance(50),
    threads: pick([1, 2]),
    embeddings: chance(30),
    pooling: pick<PoolingType>([
      "model",
      "model",
      "model",
      "model",
      "model",
      "model",
      "none",
      "mean",
      "cls",
      "last",
      "rank",
    ]),
    attention: pick(["model", "model", "causal", "non-causal"]),
    flashAttention: pick(["auto", "on", "off"]),
    swaFull: chance(50),
    typeK: pick<CacheType>(["f16", "f16", "f32", "q8_0", "bf16", "q4_0"]),
    typeV: pick<CacheType>(["f16", "f16", "f32", "q8_0", "bf16"]),
    maxOutputs: pick([0, 0, 0, 5, 16]),
    maxOutputsPerSequence: pick([0, 0, 1, 2]),
  };
}

function sequence(context: Context): number {
  return chance(3) ? pick([-1, 255, 256]) : random.below(context.limits.maxSequences);
}

function position(): number {
  return chance(5) ? pick([-1, 2 ** 31 - 1, 2 ** 31 - 2, 100_000]) : random.below(60);
}

function range(): PositionRange {
  return { ...(chance(50) ? { from: position() } : {}), ...(chance(50) ? { to: position() } : {}) };
}

function token(): number {
  return chance(1) ? pick([-1, vocabularySize, 2 ** 31 - 1]) : random.below(vocabularySize);
}

function nextPosition(context: Context, id: number): number {
  if (!context.limits.remembers || id < 0 || id >= context.limits.maxSequences) return 0;
  return (context.memory.range(id)?.last ?? -1) + 1;
}

function someBatch(context: Context): Batch {
  const { maxSequences, inputSize } = context.limits;
  const ofEmbeddings = chance(15);
  const batch = new Batch({
    capacity: 100,
    sequencesPerToken: maxSequences,
    ...(ofEmbeddings ? { embeddingSize: inputSize } : {}),
  });
  const next = Array.from({ length: maxSequences }, (_, id) => nextPosition(context, id));
  const length = pick([1, 2, 5, 20, 90]);
  for (let index = 0; index < length; index++) {
    const sequences = [...new Set(Array.from({ length: chance(15) ? 2 : 1 }, () => sequence(context)))];
    const at = chance(2) ? position() : (next[sequences[0] ?? 0] ?? 0);
    for (const id of sequences) next[id] = at + 1;
    const entry = { position: at, sequences, output: chance(20) };
    attempt(() =>
      ofEmbeddings
        ? batch.addEmbedding(new Float32Array(inputSize).fill(random.normal()), entry)
        : batch.add(token(), entry),
    );
    note("  add", entry);
  }
  return batch;
}

function read(context: Context): void {
  const index = pick([-1, -2, 0, 1, 3, 100, -100]);
  note("read", index);
  attempt(() => context.logits(index).argmax());
  attempt(() => context.embedding(index).toFloat32Array());
  attempt(() => context.allLogits().argmax());
  attempt(() => context.allEmbeddings().argmax());
  attempt(() => context.sequenceEmbedding(sequence(context)).argmax());
  attempt(() => context.backendOutput(index));
}

function actOnce(context: Context): void {
  const { name, run } = pick(actions);
  note(name, "");
  attempt(() => run(context));
}

const actions: readonly { readonly name: string; readonly run: (context: Context) => void }[] = [
  ...Array.from({ length: 4 }, () => ({
    name: "tokens",
    run(context: Context): void {
      const tokens = Array.from({ length: pick([0, 1, 1, 3, 30, 200]) }, token);
      note("  of", tokens.length);
      context.decode(tokens);
    },
  })),
  ...Array.from({ length: 4 }, () => ({
    name: "batch",
    run(context: Context): void {
      using batch = someBatch(context);
      context.decode(batch);
    },
  })),
  {
    name: "encode",
    run(context): void {
      using batch = someBatch(context);
      context.encode(chance(50) ? batch : Array.from({ length: pick([1, 5, 70]) }, token));
    },
  },
  { name: "read", run: read },
  {
    name: "remove",
    run(context): void {
      const [id, positions] = [chance(20) ? undefined : sequence(context), range()];
      note("  ", [id, positions]);
      context.memory.remove(id, positions);
    },
  },
  {
    name: "removeLast",
    run(context): void {
      const id = sequence(context);
      const from = (context.memory.range(id)?.last ?? 0) - random.below(3);
      note("  ", [id, from]);
      context.memory.remove(id, { from: Math.max(0, from) });
    },
  },
  {
    name: "copy",
    run(context): void {
      const [source, target, positions] = [sequence(context), sequence(context), chance(70) ? {} : range()];
      note("  ", [source, target, positions]);
      context.memory.copy(source, target, positions);
    },
  },
  {
    name: "keep",
    run(context): void {
      const id = sequence(context);
      note("  ", id);
      context.memory.keep(id);
    },
  },
  {
    name: "shift",
    run(context): void {
      const [id, positions, delta] = [sequence(context), range(), chance(5) ? 2 ** 31 - 1 : random.below(40) - 20];
      note("  ", [id, positions, delta]);
      context.memory.shift(id, positions, delta);
    },
  },
  {
    name: "divide",
    run(context): void {
      const [id, positions] = [sequence(context), range()];
      note("  ", [id, positions]);
      context.memory.divide(id, positions, pick([2, 3, 8]));
    },
  },
  { name: "clear", run: (context) => context.memory.clear(chance(50)) },
  { name: "saveWhole", run: (context) => void wholes.push(context.state.save()) },
  {
    name: "loadWhole",
    run(context): void {
      if (wholes.length > 0) context.state.load(pick(wholes));
    },
  },
  {
    name: "saveSequence",
    run(context): void {
      const options = { partialOnly: chance(30), onDevice: chance(30) };
      note("  ", options);
      saved.push(context.state.saveSequence(sequence(context), options));
    },
  },
  {
    name: "loadSequence",
    run(context): void {
      const id = sequence(context);
      note("  ", id);
      if (saved.length > 0) context.state.loadSequence(pick(saved), id);
    },
  },
  { name: "causal", run: (context) => context.setCausalAttention(chance(50)) },
  { name: "embeddings", run: (context) => context.setEmbeddings(chance(50)) },
  { name: "threads", run: (context) => context.setThreads(pick([1, 2, 3])) },
  {
    name: "sampler",
    run(context): void {
      const chain = Sampler.chain().topK(pick([1, 5, 40]));
      context.setBackendSampler(
        sequence(context),
        chance(30) ? undefined : chance(50) ? chain.greedy() : chain.dist(1),
      );
    },
  },
  {
    name: "controlVector",
    run(context): void {
      const size = model.embeddingSize;
      const vector = new ControlVector(new Float32Array(size * pick([1, 2, 5])).fill(0.1), size);
      context.setControlVector(chance(30) ? undefined : vector, { firstLayer: pick([1, 1, 2]) });
    },
  },
];

for (let seed = Number(first); seed <= Number(last); seed++) {
  random = new TinyRandom(seed * 7919 + 1);
  writeFileSync(progress, `seed ${seed}\n`);
  [saved, wholes] = [[], []];
  const options = someOptions();
  note("create", options);
  const context = attempt(() => model.createContext(options));
  if (context === undefined) continue;
  for (let step = 0; step < 40; step++) actOnce(context);
  context.dispose();
}
process.stdout.write(JSON.stringify(counts));
