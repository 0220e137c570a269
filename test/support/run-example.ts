import { join } from "node:path";
import { type ModuleRun, type ModuleRunOptions, root, runModule } from "./run-module.js";

/**
 * Runs a file of `examples/` as its user would, against the built package: it imports `mullama` by its name, which is
 * `dist/`. `npm run types` has checked and compiled it.
 *
 * @param name without `.ts`
 */
export function runExample(name: string, options?: ModuleRunOptions): Promise<ModuleRun> {
  return runModule(join(root, "build", "examples", `${name}.js`), options);
}
