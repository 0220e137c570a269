import { type AddCommand, examples } from "../command.js";

export interface DoctorOptions {
  readonly network?: true;
  readonly json?: true;
}

export const addDoctor: AddCommand = (program, finish) => {
  program
    .command("doctor")
    .description("look at this machine: libraries, devices, memory, the store; status 1 where something is wrong")
    .option("--network", "also ask the host of models whether it can be reached")
    .option("--json", "print JSON")
    .addHelpText("after", examples("mullama doctor", "mullama doctor --network --json"))
    .action(async (options: DoctorOptions) => {
      const { doctorCommand } = await import("./doctor-command.js");
      finish(await doctorCommand(options));
    });
};
