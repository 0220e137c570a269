import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MullamaError } from "../../src/errors.js";
import { ModelStore } from "../../src/models/index.js";

// A process of its own that changes a store until it is killed: node store-churn.js HOME
const [home = ""] = process.argv.slice(2);
const store = new ModelStore(home);
const name = (): string => `model-${Math.floor(Math.random() * 4)}`;

async function publish(): Promise<void> {
  const content = `content ${Math.floor(Math.random() * 4)}`.repeat(1000);
  const sha256 = createHash("sha256").update(content).digest("hex");
  mkdirSync(join(home, "partial"), { recursive: true });
  const path = join(home, "partial", `blob-${randomUUID()}.part`);
  writeFileSync(path, content);
  const file = { sha256, size: content.length };
  const record = { name: name(), source: "file", created: new Date().toISOString(), files: [file] };
  await store.add(record, [{ ...file, path }]);
}

const steps = [
  publish,
  publish,
  () => store.copy(name(), name()),
  () => store.remove(name()),
  // Whatever is not needed goes at once; only downloads of the others are left alone.
  () => store.gc({ minAge: 0, partialAge: 3600 }),
];

process.stdout.write("ready\n");
for (;;) {
  try {
    await steps[Math.floor(Math.random() * steps.length)]?.();
  } catch (error) {
    if (!MullamaError.isInstance(error) || error.code !== "MODEL_NOT_FOUND") throw error;
  }
}
