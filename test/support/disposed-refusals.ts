import assert from "node:assert/strict";
import { hasCode } from "./has-code.js";

const harmless: ReadonlySet<string> = new Set(["constructor", "dispose", "disposed"]);

/**
 * Asserts that every getter and method of a disposed object throws `DISPOSED`, whatever it is given.
 *
 * @param calls arguments for the methods that check them first
 * @param plain properties that need nothing of C's
 */
export async function assertDisposedRefusals(
  disposed: { readonly disposed: boolean; dispose(): void },
  calls: Readonly<Record<string, readonly unknown[]>>,
  plain: readonly string[] = [],
): Promise<void> {
  assert.equal(disposed.disposed, true);
  disposed.dispose();
  const prototype: unknown = Object.getPrototypeOf(disposed);
  for (const name of Object.getOwnPropertyNames(prototype)) {
    if (harmless.has(name) || plain.includes(name)) continue;
    const use = async (): Promise<unknown> => {
      const value: unknown = Reflect.get(disposed, name);
      return typeof value === "function" ? Reflect.apply(value, disposed, calls[name] ?? []) : value;
    };
    await assert.rejects(use, hasCode("DISPOSED"), `${name} of a disposed object`);
  }
}
