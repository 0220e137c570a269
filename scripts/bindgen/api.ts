/** The C API as data: what the emitters write out. */
import { type AstNode, type Declaration } from "./ast.js";
import { type CType, TypeReader } from "./ctype.js";

export interface CParameter {
  readonly name: string;
  readonly type: CType;
}

export interface CFunction {
  readonly name: string;
  readonly header: string;
  readonly prototype: string;
  readonly result: CType;
  readonly parameters: readonly CParameter[];
  readonly variadic: boolean;
  readonly deprecated: boolean;
}

export interface CField {
  readonly name: string;
  readonly type: CType | { readonly kind: "union"; readonly fields: readonly CField[] };
}

export interface CRecord {
  readonly name: string;
  readonly header: string;
  readonly union: boolean;
  readonly fields: readonly CField[];
}

export interface CEnum {
  readonly name: string;
  readonly header: string;
  readonly members: readonly (readonly [name: string, value: number])[];
}

export interface CCallback {
  readonly name: string;
  readonly header: string;
  readonly prototype: string;
  readonly result: CType;
  readonly parameters: readonly CType[];
}

export interface CApi {
  readonly functions: CFunction[];
  readonly records: CRecord[];
  readonly enums: CEnum[];
  readonly callbacks: CCallback[];
  /** Functions of the headers that cannot be bound, with the reason. */
  readonly skipped: { readonly name: string; readonly header: string; readonly reason: string }[];
}

export function readApi(declarations: readonly Declaration[]): CApi {
  const api: CApi = { functions: [], records: [], enums: [], callbacks: [], skipped: [] };
  const reader = new TypeReader();
  for (const [index, declaration] of declarations.entries()) {
    const before = declarations[index - 1]?.node;
    readDeclaration(
      api,
      reader,
      isNamedByTypedef(before, declaration.node) ? nameRecord(declaration, before) : declaration,
    );
  }
  return api;
}

/** `typedef struct { … } name;`: clang lists an unnamed record, then the typedef. */
function isNamedByTypedef(before: AstNode | undefined, node: AstNode): before is AstNode {
  return node.kind === "TypedefDecl" && before?.kind === "RecordDecl" && before.name === undefined;
}

function nameRecord(declaration: Declaration, record: AstNode): Declaration {
  return {
    ...declaration,
    node: { ...record, ...(declaration.node.name === undefined ? {} : { name: declaration.node.name }) },
  };
}

function readDeclaration(api: CApi, reader: TypeReader, { header, node }: Declaration): void {
  if (node.kind === "TypedefDecl") readTypedef(api, reader, header, node);
  else if (node.kind === "RecordDecl" && node.completeDefinition === true && node.name !== undefined)
    readRecord(api, reader, header, node);
  else if (node.kind === "EnumDecl") api.enums.push({ name: node.name ?? "", header, members: readMembers(node) });
  else if (node.kind === "FunctionDecl") readFunction(api, reader, header, node);
}

function readTypedef(api: CApi, reader: TypeReader, header: string, node: AstNode): void {
  const name = node.name ?? "";
  const spelling = node.type?.qualType ?? "";
  const type = reader.read(spelling);
  reader.declare(name, type);
  const target = type.kind === "pointer" ? type.to : type;
  if (target.kind !== "function" || target.name !== undefined) return;
  api.callbacks.push({ name, header, prototype: spelling, result: target.result, parameters: target.parameters });
}

function readMembers(node: AstNode): (readonly [string, number])[] {
  let next = 0;
  return (node.inner ?? [])
    .filter((member) => member.kind === "EnumConstantDecl")
    .map((member) => {
      const value = constantOf(member);
      const current = value ?? next;
      next = current + 1;
      return [member.name ?? "", current] as const;
    });
}

/** The value that clang computed for an enum constant's initializer. */
export function constantOf(member: AstNode): number | undefined {
  const expression = (member.inner ?? []).find((node) => node.value !== undefined || node.inner !== undefined);
  if (expression === undefined) return undefined;
  return expression.value === undefined ? constantOf(expression) : Number(expression.value);
}

function readRecord(api: CApi, reader: TypeReader, header: string, node: AstNode): void {
  const name = node.name ?? "";
  reader.declare(name, { kind: "record", name });
  const fields = readFields(api, reader, header, node, name);
  api.records.push({ name, header, union: node.tagUsed === "union", fields });
}

function readFields(api: CApi, reader: TypeReader, header: string, node: AstNode, owner: string): CField[] {
  const fields: CField[] = [];
  const nested = new Map<string, AstNode>();
  let unnamed = 0;
  for (const inner of node.inner ?? []) {
    if (inner.kind === "RecordDecl" && inner.completeDefinition === true) nested.set(inner.id, inner);
    if (inner.kind === "IndirectFieldDecl" || inner.kind !== "FieldDecl") continue;
    const spelling = inner.type?.qualType ?? "";
    if (spelling.includes("(anonymous") || spelling.includes("(unnamed")) {
      const record = [...nested.values()].at(-1);
      if (record === undefined) throw new TypeError(`no record for the unnamed member of ${owner}`);
      const name = inner.name ?? `union_${unnamed++}`;
      if (record.tagUsed === "struct") {
        const type = `${owner}_${name}`;
        api.records.push({ name: type, header, union: false, fields: readFields(api, reader, header, record, type) });
        fields.push({ name, type: { kind: "record", name: type } });
      } else fields.push({ name, type: { kind: "union", fields: readFields(api, reader, header, record, owner) } });
      continue;
    }
    fields.push({
      name: inner.name ?? "",
      type: named(api, header, `${owner}_${inner.name ?? ""}`, spelling, reader.read(spelling)),
    });
  }
  return fields;
}

/** Gives a function pointer without a typedef a callback type of its own. */
function named(api: CApi, header: string, name: string, prototype: string, type: CType): CType {
  if (type.kind !== "pointer" || type.to.kind !== "function" || type.to.name !== undefined) return type;
  if (!api.callbacks.some((callback) => callback.name === name)) {
    api.callbacks.push({ name, header, prototype, result: type.to.result, parameters: type.to.parameters });
  }
  return { ...type, to: { ...type.to, name } };
}

function readFunction(api: CApi, reader: TypeReader, header: string, node: AstNode): void {
  const name = node.name ?? "";
  if (node.storageClass === "static" || api.functions.some((known) => known.name === name)) return;
  const spelling = node.type?.qualType ?? "";
  const resultSpelling = spelling.slice(0, spelling.indexOf("(")).trim();
  const nodes = (node.inner ?? []).filter((inner) => inner.kind === "ParmVarDecl");
  const parameters = nodes.map((inner, index) => {
    const parameterName = inner.name ?? `arg${index}`;
    const type = reader.read(inner.type?.qualType ?? "");
    return {
      name: parameterName,
      type: named(api, header, `${name}_${parameterName}`, inner.type?.qualType ?? "", type),
    };
  });
  if (parameters.some((parameter) => parameter.type.kind === "va_list")) {
    api.skipped.push({ name, header, reason: "takes a va_list, which only C code can make" });
    return;
  }
  const variadic = node.variadic === true;
  const spelled = nodes.map((inner, index) => spell(inner.type?.qualType ?? "", parameters[index]?.name ?? ""));
  const list = [...spelled, ...(variadic ? ["..."] : [])].join(", ");
  const prototype = `${spell(resultSpelling, name)}(${list === "" ? "void" : list})`.replaceAll("_Bool", "bool");
  const deprecated = (node.inner ?? []).some((inner) => inner.kind === "DeprecatedAttr");
  api.functions.push({
    name,
    header,
    prototype,
    result: reader.read(resultSpelling),
    parameters,
    variadic,
    deprecated,
  });
}

function spell(type: string, name: string): string {
  const pointer = type.indexOf("(*)");
  if (pointer >= 0) return `${type.slice(0, pointer + 2)}${name}${type.slice(pointer + 2)}`;
  return type.endsWith("*") ? `${type}${name}` : `${type} ${name}`;
}
