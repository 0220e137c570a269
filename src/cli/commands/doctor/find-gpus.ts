import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const vendors = { "0x10de": "NVIDIA", "0x1002": "AMD", "0x8086": "Intel" } as const;
export type GpuVendor = (typeof vendors)[keyof typeof vendors];

/** What a machine has for GPUs, whatever the libraries make of it. */
export interface GpuFacts {
  readonly vendors: readonly GpuVendor[];
  /** Whether NVIDIA's driver is loaded. */
  readonly nvidiaDriver: boolean;
  /** Whether the library is there through which programs use Vulkan. */
  readonly vulkanLoader: boolean;
  /** Whether this is Linux in Windows, which has the GPUs' drivers. */
  readonly wsl: boolean;
}

const FOLDERS = ["usr/lib", "usr/lib64", "lib", "lib64", "usr/local/lib"];
const TRIPLES = ["", "x86_64-linux-gnu", "aarch64-linux-gnu"];

/** Looks for GPUs in what the system tells of its devices. @param root where its files are; another folder in tests */
export function findGpus(root = "/"): GpuFacts {
  const has = (...path: readonly string[]): boolean => existsSync(join(root, ...path));
  const library = (name: string): boolean =>
    FOLDERS.some((folder) => TRIPLES.some((triple) => has(folder, triple, name)));
  const system = ["Windows", "System32"];
  const wsl = /microsoft/i.test(read(join(root, "proc/sys/kernel/osrelease")));
  const nvidiaDriver =
    has("proc/driver/nvidia/version") || has(...system, "nvcuda.dll") || (wsl && has("usr/lib/wsl/lib/libcuda.so.1"));
  const found = new Set(displays(join(root, "sys/bus/pci/devices")));
  // Windows, and Linux in it, show no devices, but drivers.
  if (nvidiaDriver) found.add("NVIDIA");
  return {
    vendors: [...found],
    nvidiaDriver,
    vulkanLoader: library("libvulkan.so.1") || has(...system, "vulkan-1.dll"),
    wsl,
  };
}

/** Who made the devices that are displays: of class 3. */
function displays(folder: string): GpuVendor[] {
  return entries(folder).flatMap((device) => {
    if (!read(join(folder, device, "class")).startsWith("0x03")) return [];
    const vendor = read(join(folder, device, "vendor")).trim();
    return vendor in vendors ? [vendors[vendor as keyof typeof vendors]] : [];
  });
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
