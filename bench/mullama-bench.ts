/**
 * mullama's llama-bench: a process that loads a model, does one workload on a worker thread and prints, as JSON,
 * tokens per second, one a repetition. Arguments: the model's path, the threads and the workload as JSON.
 */
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { type Context, Detokenizer, Model, Sampler, Threadpool } from "../src/llama/index.js";
import { batchSize, microBatchSize, type Workload } from "./workload.js";

/** `generate` is decode with what a program does besides: choosing each token and turning it into text. */
export type MullamaWorkload = Omit<Workload, "kind"> & { readonly kind: Workload["kind"] | "generate" };

interface Job {
  readonly path: string;
  readonly threads: number;
  readonly work: MullamaWorkload;
}

if (isMainThread) {
  const [path = "", threads = "1", work = "{}"] = process.argv.slice(2);
  const job: Job = { path, threads: Number(threads), work: JSON.parse(work) as MullamaWorkload };
  const worker = new Worker(new URL(import.meta.url), { workerData: job });
  worker.once("exit", (code) => (process.exitCode = code));
} else {
  console.log(JSON.stringify(measure(workerData as Job)));
}

function measure({ path, threads, work }: Job): number[] {
  using model = Model.load(path);
  using context = model.createContext({
    contextSize: work.tokens + work.depth,
    batchSize,
    microBatchSize,
    threads,
    batchThreads: threads,
  });
  // As llama-bench does: a context without a pool starts and ends its threads with every decode.
  using pool = new Threadpool({ threads });
  context.attachThreadpool(pool);
  const random = (length: number): Int32Array =>
    Int32Array.from({ length }, () => Math.floor(Math.random() * model.vocab.size));
  const run = runner(work.kind, model, context, random);
  run(work.kind === "prefill" ? work.tokens : 1);
  context.memory.clear(false);
  if (work.depth > 0) context.decode(random(work.depth));
  return Array.from({ length: work.repetitions }, () => {
    const start = performance.now();
    run(work.tokens);
    const seconds = (performance.now() - start) / 1000;
    context.memory.remove(0, { from: work.depth });
    return work.tokens / seconds;
  });
}

/** What is timed. The first two do what llama-bench does: random tokens, nothing sampled. */
function runner(
  kind: MullamaWorkload["kind"],
  model: Model,
  context: Context,
  random: (length: number) => Int32Array,
): (tokens: number) => void {
  switch (kind) {
    case "prefill":
      return (tokens) => {
        context.decode(random(tokens));
        context.synchronize();
      };
    case "decode":
      return (tokens) => {
        for (let i = 0; i < tokens; i++) {
          context.decode(random(1));
          context.synchronize();
        }
      };
    case "generate":
      return (tokens) => {
        using sampler = Sampler.greedy();
        const detokenizer = new Detokenizer(model.vocab);
        let next = random(1);
        for (let i = 0; i < tokens; i++) {
          context.decode(next);
          const token = sampler.sample(context);
          detokenizer.push(token);
          next = Int32Array.of(token);
        }
      };
  }
}
