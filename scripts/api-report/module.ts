import { posix } from "node:path";
import type { Directive, Program, Statement } from "oxc-parser";
import { parseFile, visit } from "../source/parse.js";
import type { SourceFile } from "../source/parse.js";

/** Where a name comes from: declared here, or taken from another file under some name. */
type Binding = { readonly from: string; readonly name: string };

/** The names of one emitted `.d.ts` file. */
export interface Module {
  readonly file: SourceFile;
  /** Text of each declaration of a name; a function with overloads has several. */
  readonly declarations: ReadonlyMap<string, readonly Declaration[]>;
  readonly imports: ReadonlyMap<string, Binding>;
  readonly exports: ReadonlyMap<string, Binding>;
  /** Files whose every export this one passes on. */
  readonly stars: readonly string[];
}

/** One declaration, with the names of the types that it mentions. */
export interface Declaration {
  readonly text: string;
  readonly mentions: ReadonlySet<string>;
}

const modules = new Map<string, Module>();

/** Reads an emitted `.d.ts` file, once. */
export function readModule(path: string): Module {
  const known = modules.get(path);
  if (known !== undefined) return known;
  const read = collect(parseFile(path));
  modules.set(path, read);
  return read;
}

function collect(file: SourceFile): Module {
  const declarations = new Map<string, Declaration[]>();
  const imports = new Map<string, Binding>();
  const exports = new Map<string, Binding>();
  const stars: string[] = [];
  const resolve = (specifier: string): string =>
    specifier.startsWith(".") ? posix.join(posix.dirname(file.path), specifier).replace(/\.js$/, ".d.ts") : specifier;
  const declare = (statement: Statement | Directive, exported: boolean): void => {
    for (const name of namesOf(statement)) {
      const declaration = { text: textOf(file, statement), mentions: mentionsOf(file, statement) };
      declarations.set(name, [...(declarations.get(name) ?? []), declaration]);
      if (exported) exports.set(name, { from: file.path, name });
    }
  };
  for (const statement of file.program.body) {
    if (statement.type === "ImportDeclaration") {
      for (const one of statement.specifiers) {
        const name =
          one.type === "ImportSpecifier"
            ? nameOf(one.imported)
            : one.type === "ImportDefaultSpecifier"
              ? "default"
              : "*";
        imports.set(one.local.name, { from: resolve(statement.source.value), name });
      }
    } else if (statement.type === "ExportAllDeclaration") {
      const from = resolve(statement.source.value);
      if (statement.exported === null) stars.push(from);
      else exports.set(nameOf(statement.exported), { from, name: "*" });
    } else if (statement.type === "ExportNamedDeclaration") {
      if (statement.declaration !== null) declare(statement.declaration, true);
      for (const one of statement.specifiers) {
        const from = statement.source === null ? file.path : resolve(statement.source.value);
        exports.set(nameOf(one.exported), { from, name: nameOf(one.local) });
      }
    } else declare(statement, false);
  }
  return { file, declarations, imports, exports, stars };
}

function nameOf(node: { readonly type: string; readonly name?: string; readonly value?: unknown }): string {
  return node.name ?? String(node.value);
}

function namesOf(statement: Statement | Directive): string[] {
  if (statement.type === "VariableDeclaration") {
    return statement.declarations.flatMap(({ id }) => (id.type === "Identifier" ? [id.name] : []));
  }
  const id = "id" in statement ? statement.id : null;
  return id !== null && typeof id === "object" && "name" in id && typeof id.name === "string" ? [id.name] : [];
}

/** The declaration's text without comments and blank lines. */
function textOf(file: SourceFile, { start, end }: Statement | Directive): string {
  let text = "";
  let from = start;
  for (const comment of file.comments) {
    if (comment.start < start || comment.end > end) continue;
    text += file.text.slice(from, comment.start);
    from = comment.end;
  }
  text += file.text.slice(from, end);
  return text
    .replace(/^declare /, "")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => line.trimEnd())
    .join("\n");
}

function mentionsOf(file: SourceFile, statement: Statement | Directive): Set<string> {
  const found = new Set<string>();
  const add = (node: unknown): void => {
    const { type, name, left, object } = node as { type: string; name?: string; left?: unknown; object?: unknown };
    if (type === "Identifier" && name !== undefined) found.add(name);
    else if (left !== undefined) add(left);
    else if (object !== undefined) add(object);
  };
  const one: Program = { ...file.program, body: [statement] };
  visit(
    { ...file, program: one },
    {
      TSTypeReference: (node) => add(node.typeName),
      TSTypeQuery: (node) => add(node.exprName),
      TSInterfaceHeritage: (node) => add(node.expression),
      TSClassImplements: (node) => add(node.expression),
      ClassDeclaration: (node) => {
        if (node.superClass !== null) add(node.superClass);
      },
    },
  );
  return found;
}
