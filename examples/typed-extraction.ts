/**
 * Values with the type of a zod schema, out of plain text: whole, as they grow, and as a choice with its probability.
 *
 *     npm install mullama zod && node typed-extraction.ts    (Node.js 24)
 */
import { load } from "mullama";
import { z } from "zod";

const Person = z.object({
  name: z.string().max(30),
  age: z.int().min(0).max(120),
  city: z.enum(["Oslo", "Paris", "Rome"]),
});
const text = "Ann Lee is 31 years old. She lives in Oslo, where she repairs bicycles.";

await using model = await load("smollm2:135m", { contextSize: 1024 });

const { object } = await model.generateObject(text, { schema: Person, temperature: 0 });
console.log(`${object.name} is ${object.age} and lives in ${object.city}.`);

const Names = z.object({ names: z.array(z.string().max(12)).min(1).max(4) });
const stream = model.streamObject("Ann, Bob and Carla bake bread.", { schema: Names, temperature: 0 });
for await (const { names = [] } of stream) if (names.length > 0) console.log("so far:", names.join(", "));
console.log("done:", (await stream.result).object.names.join(", "));

const words = "How does who wrote this feel? 'I love it, thank you so much!'";
const { probabilities } = await model.choose(words, ["happy", "angry"]);
for (const { choice, probability } of probabilities) console.log(`${choice}: ${Math.round(100 * probability)} %`);
