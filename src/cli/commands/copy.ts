import { type AddCommand, examples } from "./command.js";

export const addCopy: AddCommand = (program) => {
  program
    .command("cp")
    .description("give a model another name, under which it can be changed")
    .argument("<model>", "its name")
    .argument("<name>", "the other name")
    .addHelpText("after", examples("mullama cp smollm2:135m assistant"))
    .action(async (from: string, to: string) => {
      const { ModelStore } = await import("../../models/index.js");
      const { name } = await new ModelStore().copy(from, to);
      process.stderr.write(`${name} is a copy of ${from}; it takes no further room.\n`);
    });
};
