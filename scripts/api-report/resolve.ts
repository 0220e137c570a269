import { readModule } from "./module.js";
import type { Declaration } from "./module.js";

/** A name followed to where it is declared. */
export interface Origin {
  readonly path: string;
  readonly name: string;
}

/** Follows `name`, exported by or visible in the file at `path`, to its declaration; undefined for other packages. */
export function originOf(path: string, name: string): Origin | undefined {
  if (!path.endsWith(".d.ts")) return undefined;
  const module = readModule(path);
  if (name === "*" || module.declarations.has(name)) return { path, name };
  const binding = module.imports.get(name) ?? module.exports.get(name);
  if (binding !== undefined) return originOf(binding.from, binding.name);
  for (const star of module.stars) {
    const origin = originOf(star, name);
    if (origin !== undefined) return origin;
  }
  return undefined;
}

/** Every export of an entry point, by its public name. */
export function exportsOf(path: string): Map<string, Origin> {
  const module = readModule(path);
  const found = new Map<string, Origin>();
  for (const star of module.stars) {
    for (const [name, origin] of exportsOf(star)) found.set(name, origin);
  }
  for (const [name, binding] of module.exports) {
    const target = binding.from === path ? originOf(path, binding.name) : originOf(binding.from, binding.name);
    if (target === undefined) throw new Error(`${path}: the export "${name}" leads nowhere`);
    found.set(name, target);
  }
  return found;
}

/** The declarations at an origin; of a namespace, one line that says which. */
export function declarationsAt({ path, name }: Origin): readonly Declaration[] {
  if (name !== "*") return readModule(path).declarations.get(name) ?? [];
  return [{ text: `namespace of ${path}`, mentions: new Set() }];
}
