import type { BackendName } from "../../../native/packages.js";
import type { GpuFacts } from "./find-gpus.js";
import { type Finding, info, note } from "./finding.js";

/** A package of libraries that this machine could have, and whether it has. */
export interface GpuPackage {
  readonly backend: BackendName;
  readonly installed: boolean;
  /** The command that installs it. */
  readonly install: string;
}

/** What could be had of this machine's GPUs, and is not. @param used the backend that computes now */
export function gpuAdvice(
  used: BackendName | "custom",
  gpus: GpuFacts,
  packages: readonly GpuPackage[],
): readonly Finding[] {
  if (used === "custom" || used === "cuda" || used === "metal") return [];
  return packages.flatMap((pack) => {
    if (pack.backend === used) return [];
    const driver = driverFor(pack, gpus);
    const wanted = pack.backend === "cuda" ? gpus.vendors.includes("NVIDIA") : gpus.vendors.length > 0;
    if (!wanted) return used === "cpu" && !pack.installed ? [forOthers(pack)] : [];
    return [...(pack.installed ? [] : packageFor(pack, used, gpus)), ...driver];
  });
}

function forOthers({ backend, install }: GpuPackage): Finding {
  return info(backend, `not installed. For ${backend === "cuda" ? "an NVIDIA GPU" : "other GPUs"}: ${install}`);
}

function packageFor({ backend, install }: GpuPackage, used: BackendName, { vendors }: GpuFacts): Finding[] {
  const nvidia = vendors.includes("NVIDIA");
  if (backend === "cuda") {
    const found = used === "cpu" ? "and the package for it is not installed." : `which computes through ${used}.`;
    const advice = used === "cpu" ? install : `CUDA is usually faster on it: ${install}`;
    return [note("cuda", `There is an NVIDIA GPU, ${found}`, advice)];
  }
  // CUDA is the better advice for NVIDIA's.
  const others = vendors.filter((vendor) => vendor !== "NVIDIA");
  if (others.length === 0) return [info(backend, `not installed. It uses NVIDIA GPUs, too: ${install}`)];
  const beside = nvidia ? " beside NVIDIA's" : "";
  return [note(backend, `There is a GPU of ${others.join(" and ")}${beside}, and no package for it.`, install)];
}

/** Drivers are not npm's to install. */
function driverFor({ backend }: GpuPackage, { vendors, nvidiaDriver, vulkanLoader, wsl }: GpuFacts): Finding[] {
  if (backend === "cuda" && vendors.includes("NVIDIA") && !nvidiaDriver) {
    const where = wsl ? "Install NVIDIA's driver in Windows; Linux in it needs none." : "Install NVIDIA's driver.";
    return [note("NVIDIA driver", "not loaded", where)];
  }
  if (backend === "vulkan" && vendors.some((vendor) => vendor !== "NVIDIA") && !vulkanLoader)
    return [
      note(
        "Vulkan loader",
        "libvulkan.so.1 is missing",
        "On Debian and Ubuntu: apt install libvulkan1 mesa-vulkan-drivers",
      ),
    ];
  return [];
}
