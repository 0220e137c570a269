import { availableParallelism, cpus, freemem, totalmem, type as systemType, release as systemRelease } from "node:os";
import { release } from "../../../native/index.js";
import { formatBytes } from "../../progress-line.js";
import { packageVersion } from "../../../package-version.js";
import { findGpus } from "./find-gpus.js";
import { fine, note, type Finding, type Section } from "./finding.js";

/** Below this, hardly any model has room beside a system. */
const LITTLE_MEMORY = 2e9;

export function machineSection(): Section {
  return {
    title: "This machine",
    findings: [
      fine("mullama", `${packageVersion()}, for llama.cpp ${release.name}`),
      fine("runtime", runtime()),
      fine(
        "system",
        `${systemType()} ${systemRelease()}, ${process.platform}-${process.arch}${findGpus().wsl ? ", in Windows (WSL)" : ""}`,
      ),
      fine("processor", `${cpus()[0]?.model.trim() || "unknown"}, ${availableParallelism()} threads`),
      memory(),
    ],
  };
}

function runtime(): string {
  const { bun, deno } = process.versions;
  if (bun !== undefined) return `Bun ${bun}`;
  return deno === undefined ? `Node.js ${process.version}` : `Deno ${deno}`;
}

function memory(): Finding {
  const free = process.availableMemory?.() ?? freemem();
  const found = `${formatBytes(free)} of ${formatBytes(totalmem())} are free`;
  if (free >= LITTLE_MEMORY) return fine("memory", found);
  return note("memory", found, "Only small models fit. mullama show MODEL tells what one would take.");
}
