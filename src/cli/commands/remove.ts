import { formatBytes } from "../progress-line.js";
import { type AddCommand, examples } from "./command.js";

export const addRemove: AddCommand = (program) => {
  program
    .command("rm")
    .description("remove models from this machine; files outside the store stay where they are")
    .argument("<model...>", "their names")
    .addHelpText("after", examples("mullama rm smollm2:135m"))
    .action(async (names: string[]) => {
      const { ModelStore } = await import("../../models/index.js");
      const store = new ModelStore();
      // All or none, as far as names go: a typo in the last one should not come too late.
      for (const name of names) await store.require(name);
      for (const each of names) {
        const { name, freed } = await store.remove(each);
        process.stderr.write(`${name} is removed${freed === 0 ? "" : `; ${formatBytes(freed)} are free again`}.\n`);
      }
    });
};
