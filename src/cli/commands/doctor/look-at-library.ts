import { MullamaError } from "../../../errors.js";
import { type Backend, backends, type Device, devices } from "../../../llama/index.js";
import { type NativeLibrary, openLibrary, release } from "../../../native/index.js";
import { locateLibraries } from "../../../native/locate.js";
import { type BackendName, type PlatformPackage, platformPackages } from "../../../native/packages.js";
import { formatBytes } from "../../progress-line.js";
import { findGpus } from "./find-gpus.js";
import { fine, type Finding, note, type Section, wrong } from "./finding.js";
import { gpuAdvice, type GpuPackage } from "./gpu-advice.js";

/** llama.cpp: where it is, what it can compute with, and which of its packages this machine could use and has not. */
export function librarySection(): Section {
  const title = "llama.cpp";
  try {
    const library = openLibrary();
    return {
      title,
      findings: [
        fine("libraries", `${library.version}, ${library.backend}, in ${library.directory}`),
        ...others(library),
        ...backends().map(describeBackend),
        ...devices().map(describeDevice),
        ...gpuFindings(library.backend),
      ],
    };
  } catch (error) {
    if (!MullamaError.isInstance(error)) throw error;
    return { title, findings: [wrong("libraries", error.message, error.hint)] };
  }
}

/** Better libraries that are installed, and were passed over. */
function others({ directory, backend }: NativeLibrary): Finding[] {
  const { found } = locateLibraries(undefined, undefined);
  const at = found.findIndex(({ folder }) => folder === directory);
  return found
    .slice(0, Math.max(0, at))
    .map(({ origin, backend: better }) =>
      note(
        better,
        `${origin} is installed but cannot be used here; ${backend} is used in its place`,
        `Is the driver installed? MULLAMA_BACKEND=${better} mullama doctor tells what the loader says.`,
      ),
    );
}

function describeBackend({ name, features }: Backend): Finding {
  const on = Object.entries(features)
    .filter(([, value]) => value !== "0")
    .map(([feature, value]) => (value === "1" ? feature : `${feature} ${value}`));
  return fine(`${name} backend`, on.length === 0 ? "loaded" : on.join(", "));
}

function describeDevice({ name, description, type, memory: { free, total } }: Device): Finding {
  const memory = total === 0 ? "" : `, ${formatBytes(free)} of ${formatBytes(total)} free`;
  return fine(`device ${name}`, `${description || type}${memory}`);
}

/** What there is for this machine's GPUs, and what hinders it. */
function gpuFindings(backend: BackendName | "custom"): readonly Finding[] {
  const packages = platformPackages().flatMap((pack): GpuPackage[] => {
    if (pack.backend === "cpu") return [];
    return [
      {
        backend: pack.backend,
        installed: isInstalled(pack),
        install: `npm install ${pack.name}@${release.packages}`,
      },
    ];
  });
  return gpuAdvice(backend, findGpus(), packages);
}

function isInstalled({ resolve }: PlatformPackage): boolean {
  try {
    resolve();
    return true;
  } catch {
    return false;
  }
}
