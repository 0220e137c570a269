import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { it } from "node:test";
import { fileURLToPath } from "node:url";

const generator = fileURLToPath(new URL("../../scripts/bindgen/main.js", import.meta.url));
const clang = process.env["CLANG"] ?? "clang";
const skip =
  spawnSync(clang, ["--version"]).status === 0 ? false : "clang, which reads the headers, is not on this machine";

it("the committed bindings are what the pinned headers give", { skip }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [generator, "--check"], { encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /is what the headers of llama\.cpp v\d/);
});
