/** The npm packages that carry llama.cpp's libraries. Names are literal, so that bundlers can see and resolve them. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";

/** What computes: each is one build of the libraries. */
export type BackendName = "cuda" | "vulkan" | "metal" | "cpu";

export interface PlatformPackage {
  readonly name: string;
  readonly backend: BackendName;
  /** Finds the package's entry file, or throws. */
  readonly resolve: () => string;
}

const require = createRequire(import.meta.url);

const packages: Readonly<Record<string, readonly PlatformPackage[]>> = {
  "linux-x64": [
    {
      name: "@node-llama-cpp/linux-x64-cuda",
      backend: "cuda",
      resolve: () => require.resolve("@node-llama-cpp/linux-x64-cuda"),
    },
    {
      name: "@node-llama-cpp/linux-x64-vulkan",
      backend: "vulkan",
      resolve: () => require.resolve("@node-llama-cpp/linux-x64-vulkan"),
    },
    { name: "@node-llama-cpp/linux-x64", backend: "cpu", resolve: () => require.resolve("@node-llama-cpp/linux-x64") },
  ],
  "linux-arm64": [
    {
      name: "@node-llama-cpp/linux-arm64",
      backend: "cpu",
      resolve: () => require.resolve("@node-llama-cpp/linux-arm64"),
    },
  ],
  "linux-arm": [
    {
      name: "@node-llama-cpp/linux-armv7l",
      backend: "cpu",
      resolve: () => require.resolve("@node-llama-cpp/linux-armv7l"),
    },
  ],
  "darwin-arm64": [
    {
      name: "@node-llama-cpp/mac-arm64-metal",
      backend: "metal",
      resolve: () => require.resolve("@node-llama-cpp/mac-arm64-metal"),
    },
  ],
  "darwin-x64": [
    { name: "@node-llama-cpp/mac-x64", backend: "cpu", resolve: () => require.resolve("@node-llama-cpp/mac-x64") },
  ],
  "win32-x64": [
    {
      name: "@node-llama-cpp/win-x64-cuda",
      backend: "cuda",
      resolve: () => require.resolve("@node-llama-cpp/win-x64-cuda"),
    },
    {
      name: "@node-llama-cpp/win-x64-vulkan",
      backend: "vulkan",
      resolve: () => require.resolve("@node-llama-cpp/win-x64-vulkan"),
    },
    { name: "@node-llama-cpp/win-x64", backend: "cpu", resolve: () => require.resolve("@node-llama-cpp/win-x64") },
  ],
  "win32-arm64": [
    { name: "@node-llama-cpp/win-arm64", backend: "cpu", resolve: () => require.resolve("@node-llama-cpp/win-arm64") },
  ],
};

/** The packages made for this platform, best first. */
export function platformPackages(
  platform: string = process.platform,
  arch: string = process.arch,
): readonly PlatformPackage[] {
  return packages[`${platform}-${arch}`] ?? [];
}

/** The folder of a package's libraries. */
export function libraryFolderOf(pack: PlatformPackage): string {
  const entry = pack.resolve();
  const folder = join(dirname(entry), "..", "bins", pack.name.slice("@node-llama-cpp/".length));
  // Electron keeps what must be opened as a file beside its archive.
  const unpacked = folder.replace(`app.asar${sep}`, `app.asar.unpacked${sep}`);
  return existsSync(unpacked) ? unpacked : folder;
}
