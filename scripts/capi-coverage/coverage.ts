/** The three signals of every function of the bound headers. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { functionTables } from "../../src/native/generated/index.js";
import { openLibrary } from "../../src/native/index.js";
import { parseFile, visit } from "../source/parse.js";
import { isGenerated, typescriptFiles } from "../source/tree.js";
import { type Exception, exceptions } from "./exceptions.js";

export interface FunctionCoverage {
  readonly name: string;
  /** In the generated tables, and exported by the installed libraries or living in an optional one. */
  readonly bound: boolean;
  /** Named in hand-written source: mostly by the safe objects, some by what opens the libraries for them. */
  readonly reached: boolean;
  /** Called while the tests ran. */
  readonly called: boolean;
  readonly deprecated: boolean;
  readonly exception: Exception | undefined;
}

export interface HeaderCoverage {
  readonly header: string;
  readonly library: string;
  /** Whether the library is not among the installed ones. */
  readonly optional: boolean;
  readonly functions: readonly FunctionCoverage[];
}

/** Libraries that the installed packages do not carry. */
const optionalLibraries: ReadonlySet<string> = new Set(["mtmd", "ggml-rpc"]);

/** @param recordFolder where the test run noted its calls, see `src/native/record.ts`. */
export function measureCoverage(recordFolder: string): HeaderCoverage[] {
  const reached = readReached();
  const called = readCalled(recordFolder);
  const library = openLibrary();
  return functionTables.map((table) => {
    const optional = optionalLibraries.has(table.library);
    const bound = Object.keys(table.signatures);
    const functions = [...bound, ...Object.keys(table.unbound)].map((name) => ({
      name,
      bound: name in table.signatures && (optional || library.has(name as Parameters<typeof library.has>[0])),
      reached: reached.has(name),
      called: called.has(name),
      deprecated: table.deprecated.includes(name),
      exception: exceptions[name],
    }));
    return { header: table.header, library: table.library, optional, functions };
  });
}

/** Names that hand-written source uses as a property (`c.llama_decode`) or hand over as text (`free: "llama_free"`). */
function readReached(): Set<string> {
  const names = new Set<string>();
  for (const path of typescriptFiles("src").filter((file) => !isGenerated(file))) {
    visit(parseFile(path), {
      MemberExpression: (node) => {
        if (!node.computed && node.property.type === "Identifier") names.add(node.property.name);
      },
      Property: (node) => {
        if (node.key.type === "Identifier" && node.value.type !== "Literal") names.add(node.key.name);
      },
      Literal: (node) => {
        if (typeof node.value === "string") names.add(node.value);
      },
    });
  }
  return names;
}

function readCalled(folder: string): Set<string> {
  const files = readdirSync(folder).filter((file) => file.endsWith(".txt"));
  return new Set(files.flatMap((file) => readFileSync(join(folder, file), "utf8").trim().split("\n")));
}
