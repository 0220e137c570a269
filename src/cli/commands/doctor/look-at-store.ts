import { accessSync, constants, existsSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { ModelStore } from "../../../models/index.js";
import { formatBytes } from "../../progress-line.js";
import { readServiceRecord } from "../../service/service-file.js";
import { findService, serviceElsewhere } from "../../service/find-service.js";
import { fine, type Finding, info, note, type Section, wrong } from "./finding.js";

/** Below this, the next download may not fit. */
const LITTLE_SPACE = 2e9;

/** The store of models, and the service that uses it. */
export async function storeSection(): Promise<Section> {
  const store = new ModelStore();
  return {
    title: "Models",
    findings: [folder(store.home), ...(await contents(store)), await space(existing(store.home)), await service()],
  };
}

/** Nothing is made here: to look is not to use. */
function folder(home: string): Finding {
  const there = existing(home);
  try {
    accessSync(there, constants.R_OK | constants.W_OK);
    if (!statSync(there).isDirectory()) throw new TypeError(`${there} is no folder`);
    return there === home ? fine("store", home) : info("store", `${home}, which is made when it is needed`);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return wrong("store", `${home} cannot be used: ${words}`, "Set MULLAMA_HOME to a folder that you may write to.");
  }
}

/** The folder, or the nearest one above it that is there. */
function existing(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existing(dirname(path));
}

async function contents(store: ModelStore): Promise<Finding[]> {
  try {
    const models = await store.list();
    const sizes = new Map(models.flatMap(({ record }) => record.files.map(({ sha256, size }) => [sha256, size])));
    const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    const broken = models.filter(({ complete }) => !complete).map(({ name }) => name);
    const found =
      models.length === 0
        ? info("models", "none yet. Try: mullama run smollm2:135m")
        : fine("models", `${models.length}, ${formatBytes(bytes)}`);
    if (broken.length === 0) return [found];
    return [
      found,
      wrong(
        "files",
        `gone or changed: ${broken.join(", ")}`,
        "mullama pull fetches a model again; mullama rm forgets it.",
      ),
    ];
  } catch (error) {
    return [wrong("models", error instanceof Error ? error.message : String(error))];
  }
}

async function space(home: string): Promise<Finding> {
  try {
    const { bavail, bsize } = await statfs(home);
    const free = bavail * bsize;
    const found = `${formatBytes(free)} free`;
    return free >= LITTLE_SPACE
      ? fine("space", found)
      : note("space", found, "mullama gc clears away what no model needs.");
  } catch {
    return note("space", "unknown");
  }
}

async function service(): Promise<Finding> {
  const running = await findService();
  const elsewhere = serviceElsewhere() !== undefined;
  if (running !== undefined && elsewhere && !(await running.answers()))
    return wrong("service", `${running.url} does not answer`, "Start it with mullama serve, or unset MULLAMA_HOST.");
  if (running !== undefined) return fine("service", `at ${running.url}`);
  const left = readServiceRecord();
  return info("service", left === undefined ? "not running; it starts when it is needed" : "the last one has ended");
}
