import { Option } from "commander";
import type { Scope } from "../../server/index.js";
import { type AddCommand, examples, printJson } from "./command.js";

interface KeyOptions {
  readonly name: string;
  readonly scope: readonly Scope[];
}

export const addKey: AddCommand = (program) => {
  program
    .command("key")
    .description("make a key for mullama serve: the key goes to whoever uses it, its entry into the key file")
    .option("--name <name>", "what the log calls it", "default")
    .addOption(
      new Option("--scope <scope...>", "what it may be used for")
        .choices(["inference", "models", "admin"])
        .default(["inference"]),
    )
    .addHelpText(
      "after",
      examples("mullama key --name laptop 2> key.txt > keys.json", "mullama serve --api-key-file keys.json"),
    )
    .action(async ({ name, scope }: KeyOptions) => {
      const { createKey } = await import("../../server/index.js");
      const { key, sha256 } = createKey();
      process.stderr.write(`${key}\n`);
      printJson({ keys: [{ name, sha256, scopes: scope }] });
    });
};
