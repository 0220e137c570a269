import { MullamaError } from "../../errors.js";
import { findService } from "../service/find-service.js";
import { readServiceRecord } from "../service/service-file.js";
import type { ServiceClient } from "../service/service-client.js";
import { type AddCommand, examples } from "./command.js";

export const addStop: AddCommand = (program) => {
  program
    .command("stop")
    .description("unload a model, or end the service")
    .argument("[model...]", "names of models")
    .option("--all", "end the service, when its requests have come to their end")
    .addHelpText("after", examples("mullama stop smollm2:135m", "mullama stop --all"))
    .action(async (names: string[], { all = false }: { all?: boolean }) => {
      const service = await findService();
      if (all) return end(service);
      if (names.length === 0) throw new MullamaError("ARGUMENT_INVALID", "Name a model, or say --all.");
      for (const name of names) await unload(service, name);
    });
};

async function unload(service: ServiceClient | undefined, name: string): Promise<void> {
  const { models } = (await service?.get<{ models: { name: string; model: string }[] }>("/api/ps")) ?? { models: [] };
  const loaded = models.some((one) => one.name === name || one.name === `${name}:latest`);
  if (service === undefined || !loaded) {
    process.stderr.write(`${name} is not loaded.\n`);
    return;
  }
  await service.post("/api/generate", { model: name, keep_alive: 0, stream: false });
  process.stderr.write(`${name} is unloaded.\n`);
}

async function end(service: ServiceClient | undefined): Promise<void> {
  const record = readServiceRecord();
  if (service === undefined || record === undefined) {
    process.stderr.write("No service is running.\n");
    return;
  }
  process.kill(record.pid, "SIGTERM");
  process.stderr.write(`The service at ${record.url} ends.\n`);
}
