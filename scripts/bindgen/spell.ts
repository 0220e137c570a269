/** C types as koffi signatures (our short notation) and as TypeScript. */
import type { CType, NumberName } from "./ctype.js";
import type { CField } from "./api.js";
import { handleRecords } from "./policy.js";

const arrays: Readonly<Partial<Record<NumberName, string>>> = {
  bool: "Uint8Array",
  char: "Uint8Array",
  int8: "Int8Array",
  uint8: "Uint8Array",
  int16: "Int16Array",
  uint16: "Uint16Array",
  int32: "Int32Array",
  uint32: "Uint32Array",
  int64: "BigInt64Array",
  uint64: "BigUint64Array",
  size_t: "SizeArray",
  float: "Float32Array",
  double: "Float64Array",
};

/** Spells types; needs to know which structs the headers declare in full. */
export class Speller {
  /** The struct and enum types that were spelled by name since the last `takeUsed`. */
  #used = new Set<string>();
  readonly #records: ReadonlySet<string>;

  constructor(records: ReadonlySet<string>) {
    this.#records = records;
  }

  takeUsed(): ReadonlySet<string> {
    const used = this.#used;
    this.#used = new Set();
    return used;
  }

  #use(name: string): string {
    this.#used.add(name);
    return name;
  }

  /** Our notation, read by `src/native/types.ts`: a number type, `str`, `strs`, `ptr`, `S`, `*S`, `&callback`, `T[n]`. */
  native(type: CType): string {
    switch (type.kind) {
      case "void":
        return "void";
      case "number":
        return type.name === "char" ? "int8" : type.name;
      case "enum":
        return "int32";
      case "record":
        return type.name;
      case "array":
        return `${type.of.kind === "number" && type.of.name === "char" ? "char" : this.native(type.of)}[${type.length}]`;
      case "function":
        return `&${type.name ?? "unnamed"}`;
      case "pointer":
        return this.#nativePointer(type);
      case "va_list":
        return "ptr";
    }
  }

  #nativePointer(type: CType & { kind: "pointer" }): string {
    const { to } = type;
    if (to.kind === "function") return `&${to.name ?? "unnamed"}`;
    if (isText(type)) return "str";
    if (to.kind === "pointer" && isText(to)) return "strs";
    if (type.readonly && this.#isData(to)) return `*${to.name}`;
    return "ptr";
  }

  nativeField(field: CField): string {
    if (field.type.kind !== "union") return JSON.stringify(this.native(field.type));
    return `{ ${field.type.fields.map((inner) => `${inner.name}: ${this.nativeField(inner)}`).join(", ")} }`;
  }

  /** The TypeScript type of a parameter. */
  parameter(type: CType, nullable: boolean): string {
    if (type.kind === "function") return this.callback(type.name ?? "unnamed");
    if (type.kind !== "pointer") return this.value(type);
    const { to } = type;
    if (to.kind === "function") return this.callback(to.name ?? "unnamed");
    if (isText(type)) return "Text | null";
    if (to.kind === "pointer" && isText(to)) return "TextArray | null";
    if (to.kind === "pointer") return "PointerArray | null";
    if (to.kind === "void") return "Bytes | null";
    if (to.kind === "enum") return `Int32Array | Pointer<"int32"> | null`;
    if (to.kind === "number") return `${arrays[to.name] ?? "Bytes"} | Pointer<"${to.name}"> | null`;
    if (to.kind === "array") return "Bytes | null";
    if (to.kind === "record" && this.#isData(to)) {
      const data = type.readonly ? ` | ${this.#use(to.name)} | readonly ${to.name}[]` : "";
      return `Pointer<"${to.name}">${data} | Uint8Array | null`;
    }
    return `${this.#pointer(to)}${nullable ? " | null" : ""}`;
  }

  /** The TypeScript type of a value that C gives or takes by value. */
  value(type: CType): string {
    switch (type.kind) {
      case "void":
        return "void";
      case "number":
        if (type.name === "bool") return "boolean";
        return ["int64", "uint64", "size_t"].includes(type.name) ? "Int64" : "number";
      case "enum":
        return this.#use(type.name);
      case "record":
        return this.#use(type.name);
      case "array":
        return this.#array(type);
      case "function":
        return this.callback(type.name ?? "unnamed");
      case "pointer":
        if (type.to.kind === "function") return this.callback(type.to.name ?? "unnamed");
        if (isText(type)) return "string | null";
        return `${this.#pointer(type.to)} | null`;
      case "va_list":
        return "never";
    }
  }

  #array(type: CType & { kind: "array" }): string {
    if (type.of.kind === "number" && type.of.name === "char") return "string";
    if (type.of.kind === "number") return `readonly ${this.value(type.of)}[] | ${arrays[type.of.name] ?? "Bytes"}`;
    const element = this.value(type.of);
    return `readonly ${element.includes("|") ? `(${element})` : element}[]`;
  }

  /** The TypeScript type of a struct's field: data pointers accept what a call can marshal. */
  field(field: CField): string {
    const { type } = field;
    if (type.kind === "union") {
      return `{ ${type.fields.map((inner) => `readonly ${inner.name}?: ${this.field(inner)}`).join("; ")} }`;
    }
    if (type.kind === "pointer" && type.to.kind !== "function")
      return isText(type) ? "Text | null" : this.parameter(type, true);
    return this.value(type);
  }

  callback(name: string): string {
    return `Pointer<"${name}"> | null`;
  }

  callbackParameter(type: CType): string {
    if (type.kind === "pointer" && type.to.kind === "record") return this.#pointer(type.to);
    return this.value(type);
  }

  #pointer(to: CType): string {
    if (to.kind === "record" || to.kind === "number") return `Pointer<"${to.name}">`;
    if (to.kind === "enum") return `Pointer<"int32">`;
    return to.kind === "pointer" ? `Pointer<"pointer">` : `Pointer<"void">`;
  }

  #isData(to: CType): to is CType & { kind: "record" } {
    return to.kind === "record" && this.#records.has(to.name) && !handleRecords.has(to.name);
  }
}

/** `const char *`: text that C only reads. */
function isText(type: CType): boolean {
  return type.kind === "pointer" && type.readonly && type.to.kind === "number" && type.to.name === "char";
}
