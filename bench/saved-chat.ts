import { setTimeout as delay } from "node:timers/promises";
import { type ChatMessage, load, type LoadedModel } from "../src/index.js";
import type { Section } from "./report.js";

/** Messages before the one that is answered. */
const LENGTHS = [8, 32];

/** Going on with a chat that was saved: from its messages alone, and with what the model remembered of them. */
export async function measureSavedChat(options: { model: string; threads: number }): Promise<Section> {
  await using model = await load(options.model, { contextSize: 8192, threads: options.threads, parallel: 1 });
  const rows: (string | number)[][] = [];
  for (const length of LENGTHS) rows.push(await measure(model, length));
  return {
    title: "Time to first token, a chat that was saved",
    note: "Milliseconds from loading the chat to the first token of the next answer, with its messages alone and with what the model remembered of them beside.",
    columns: ["messages", "tokens", "messages alone, ms", "with the state, ms", "state, MB"],
    lowerIsBetter: true,
    rows,
  };
}

async function measure(model: LoadedModel, length: number): Promise<(string | number)[]> {
  const history = Array.from({ length }, (_, at): ChatMessage => {
    return {
      role: at % 2 === 0 ? "user" : "assistant",
      content: `Message ${at}: ${"a river flows to the sea ".repeat(14)}`,
    };
  });
  const begun = model.chat({ history, maxTokens: 1, temperature: 0 });
  const { usage, messages } = await begun.send("Go on.");
  const saved = await begun.save();
  const next = async (): Promise<void> => {
    await model.chat({ history: [...history, ...messages], maxTokens: 1, temperature: 0 }).send("And then?");
  };
  const alone = await time(model, next);
  const kept = await time(model, async () => {
    await model.loadChat(saved);
    await next();
  });
  return [String(length), String(usage.promptTokens), alone, kept, saved.length / 1e6];
}

async function time(model: LoadedModel, work: () => Promise<void>): Promise<number> {
  await model.clearCache();
  await delay(200);
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
