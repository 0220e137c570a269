/**
 * An assistant that looks prices up before it answers: a grammar makes the call, so that even a tiny model gets it right.
 *
 *     npm install mullama zod && node assistant-with-tool.ts    (Node.js 24)
 */
import { load, tool } from "mullama";
import { z } from "zod";

const prices = { apples: "2.50 for a kilo of apples", bread: "3.20 for a loaf of bread", milk: "1.10 for milk" };

await using model = await load("smollm2:135m", { contextSize: 2048 });
const chat = model.chat({
  system: "You work in a shop. Tell the customer the price in one sentence.",
  tools: {
    get_price: tool({
      description: "The price of something in the shop",
      parameters: z.object({ article: z.enum(["apples", "bread", "milk"]) }),
      execute: ({ article }) => `A customer pays ${prices[article]}.`,
    }),
  },
  maxSteps: 2, // a call, then the answer
  maxTokens: 40,
  temperature: 0,
  presencePenalty: 1, // or so small a model repeats what the tool said
  frequencyPenalty: 0.5,
});

for (const question of ["What does the bread cost?", "And the milk?"]) {
  console.log(`> ${question}`);
  const answer = chat.stream(question, { toolChoice: { name: "get_price" }, parallelToolCalls: false });
  for await (const event of answer) {
    if (event.type === "tool-result") console.log(`[${event.call.name}] ${event.text}`);
    if (event.type === "text") process.stdout.write(event.text);
  }
  console.log();
}
