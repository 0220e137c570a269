import { release } from "../native/generated/release.js";
import { packageVersion } from "../package-version.js";

/** What `mullama --version` prints: our own version, and the llama.cpp release that it is made for. */
export function versionText(): string {
  return `mullama ${packageVersion()} (llama.cpp ${release.name})`;
}
