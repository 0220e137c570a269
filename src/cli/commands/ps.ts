import { formatBytes } from "../progress-line.js";
import { findService } from "../service/find-service.js";
import { until } from "../terminal/age.js";
import type { Column } from "../terminal/table.js";
import { type AddCommand, examples, printJson, printTable } from "./command.js";

/** A loaded model, as `GET /api/ps` tells it. */
interface Running {
  readonly name: string;
  readonly size: number;
  readonly size_vram: number;
  readonly expires_at: string;
  readonly context_length?: number;
}

const COLUMNS: readonly Column[] = [
  { title: "NAME", shrinks: true },
  { title: "SIZE", align: "right" },
  { title: "PROCESSOR", mayGo: true },
  { title: "CONTEXT", align: "right", mayGo: true },
  { title: "UNLOADS" },
];

export const addPs: AddCommand = (program) => {
  program
    .command("ps")
    .description("list the models that the service has loaded")
    .option("--json", "print JSON")
    .addHelpText("after", examples("mullama ps"))
    .action(async ({ json = false }: { json?: boolean }) => {
      const service = await findService();
      const { models } = service === undefined ? { models: [] } : await service.get<{ models: Running[] }>("/api/ps");
      if (json) return printJson({ url: service?.url, models });
      if (service === undefined) process.stderr.write("No service is running.\n");
      else if (models.length === 0) process.stderr.write(`The service at ${service.url} has no model loaded.\n`);
      else await printTable(COLUMNS, models.map(row));
    });
};

function row({ name, size, size_vram: gpu, expires_at: expires, context_length: context }: Running): string[] {
  const share = size === 0 ? 0 : Math.round((gpu / size) * 100);
  const processor = share === 0 ? "CPU" : share === 100 ? "GPU" : `${100 - share}%/${share}% CPU/GPU`;
  const end = new Date(expires);
  // Models that stay are told to end in some hundred years.
  const unloads = until(end.getTime() - Date.now() > 1e11 ? undefined : end);
  return [name, formatBytes(size), processor, context === undefined ? "" : String(context), unloads];
}
