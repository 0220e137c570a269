/** What `mullama doctor` makes of machines that are made of files. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { findGpus } from "../../src/cli/commands/doctor/find-gpus.js";
import { gpuAdvice, type GpuPackage } from "../../src/cli/commands/doctor/gpu-advice.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const NVIDIA = {
  "sys/bus/pci/devices/0000:01:00.0/class": "0x030000\n",
  "sys/bus/pci/devices/0000:01:00.0/vendor": "0x10de\n",
};
const AMD = {
  "sys/bus/pci/devices/0000:02:00.0/class": "0x030200\n",
  "sys/bus/pci/devices/0000:02:00.0/vendor": "0x1002\n",
};
const INTEL_NETWORK = {
  "sys/bus/pci/devices/0000:03:00.0/class": "0x020000\n",
  "sys/bus/pci/devices/0000:03:00.0/vendor": "0x8086\n",
};
const DRIVER = { "proc/driver/nvidia/version": "NVRM version: 570\n" };
const LOADER = { "usr/lib/x86_64-linux-gnu/libvulkan.so.1": "" };
const WSL = { "proc/sys/kernel/osrelease": "6.6.87.2-microsoft-standard-WSL2\n" };
const WSL_DRIVER = { "usr/lib/wsl/lib/libcuda.so.1": "" };

function machine(files: Readonly<Record<string, string>>): string {
  const root = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

function packages(...installed: readonly string[]): GpuPackage[] {
  return (["cuda", "vulkan"] as const).map((backend) => {
    return { backend, installed: installed.includes(backend), install: `npm install ${backend}` };
  });
}

describe("the GPUs of a machine", () => {
  for (const [what, files, used, installed, expected] of [
    ["none", INTEL_NETWORK, "cpu", [], ["info cuda not installed", "info vulkan not installed"]],
    [
      "NVIDIA's, no package",
      { ...NVIDIA, ...DRIVER },
      "cpu",
      [],
      ["note cuda There is an NVIDIA GPU, and", "info vulkan"],
    ],
    [
      "NVIDIA's through Vulkan",
      { ...NVIDIA, ...DRIVER, ...LOADER },
      "vulkan",
      ["vulkan"],
      ["note cuda There is an NVIDIA GPU, which computes through vulkan"],
    ],
    ["NVIDIA's without a driver", NVIDIA, "cpu", ["cuda", "vulkan"], ["note NVIDIA driver not loaded"]],
    ["NVIDIA's with CUDA", { ...NVIDIA, ...DRIVER }, "cuda", ["cuda"], []],
    [
      "AMD's, no package, no loader",
      AMD,
      "cpu",
      [],
      ["info cuda", "note vulkan There is a GPU of AMD", "note Vulkan loader libvulkan.so.1 is missing"],
    ],
    ["AMD's with Vulkan", { ...AMD, ...LOADER }, "vulkan", ["vulkan"], []],
    [
      "both",
      { ...NVIDIA, ...DRIVER, ...AMD, ...LOADER },
      "cpu",
      [],
      ["note cuda", "note vulkan There is a GPU of AMD beside NVIDIA's"],
    ],
    ["NVIDIA's in Windows, seen from Linux", { ...WSL, ...WSL_DRIVER }, "cpu", [], ["note cuda", "info vulkan"]],
    ["libraries of the user's own", { ...NVIDIA, ...DRIVER }, "custom", [], []],
  ] as const) {
    it(`are told: ${what}`, () => {
      const findings = gpuAdvice(used, findGpus(machine(files)), packages(...installed));
      const lines = findings.map((finding) => `${finding.state} ${finding.what} ${finding.found}`);
      assert.equal(lines.length, expected.length, lines.join("\n"));
      for (const [at, begin] of expected.entries()) assert.ok(lines[at]?.startsWith(begin), `${lines[at]} / ${begin}`);
    });
  }

  it("know Linux in Windows, where the driver is Windows'", () => {
    const gpus = findGpus(machine({ ...WSL, ...NVIDIA }));
    assert.equal(gpus.wsl, true);
    const [, driver] = gpuAdvice("cpu", gpus, packages());
    assert.match(driver?.advice ?? "", /driver in Windows/);
  });
});
