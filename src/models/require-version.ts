import { MullamaError } from "../errors.js";
import { packageVersion } from "../package-version.js";

/**
 * Refuses a model that needs a later mullama.
 *
 * @param requires a version such as `1.2.3`
 * @throws {MullamaError} `UNSUPPORTED`
 */
export function requireVersion(name: string, requires: string | undefined): void {
  const own = packageVersion();
  if (requires === undefined || !isLater(requires, own)) return;
  throw new MullamaError("UNSUPPORTED", `${name} needs mullama ${requires}, and this is ${own}.`, {
    hint: "Install a later version: npm install mullama@latest.",
  });
}

function isLater(version: string, than: string): boolean {
  const [one, other] = [version, than].map((text) => text.split(/[.+-]/, 3).map(Number));
  for (const [index, part] of (one ?? []).entries()) {
    const difference = part - (other?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
