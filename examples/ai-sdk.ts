/**
 * Vercel's AI SDK on a model that runs in this process: an answer as it comes, a value with the type of a schema, and
 * texts that are near to each other.
 *
 *     npm install mullama ai zod && node ai-sdk.ts    (Node.js 24)
 */
import { cosineSimilarity, embedMany, generateText, Output, streamText } from "ai";
import { createMullama } from "mullama/ai-sdk";
import { z } from "zod";

await using mullama = createMullama({ load: { contextSize: 2048 } });
const model = mullama("smollm2:135m");

const answer = streamText({ model, prompt: "Why is the sky blue?", maxOutputTokens: 60, temperature: 0 });
for await (const text of answer.textStream) process.stdout.write(text);
const { outputTokens } = await answer.usage;
console.log(`\n(${outputTokens} tokens)`);

const { output } = await generateText({
  model,
  prompt: "Ann Lee is 31 years old and lives in Oslo.",
  output: Output.object({ schema: z.object({ name: z.string().max(30), age: z.int().min(0).max(120) }) }),
  temperature: 0,
});
console.log(output.name, output.age);

const values = ["A cat sleeps on the sofa.", "A kitten naps on the couch.", "The stock market fell today."];
const { embeddings } = await embedMany({ model: mullama.embeddingModel("smollm2:135m"), values });
const [cat = [], kitten = [], market = []] = embeddings;
console.log(
  cosineSimilarity(cat, kitten) > cosineSimilarity(cat, market) ? "The kitten is nearer." : "The market is nearer.",
);
