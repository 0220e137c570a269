/** C types, read from the spelling that clang gives them. */

export type CType =
  | { readonly kind: "void" }
  | { readonly kind: "number"; readonly name: NumberName }
  | { readonly kind: "enum"; readonly name: string }
  | { readonly kind: "record"; readonly name: string }
  | { readonly kind: "pointer"; readonly to: CType; readonly readonly: boolean }
  | { readonly kind: "array"; readonly of: CType; readonly length: number }
  | { readonly kind: "function"; readonly result: CType; readonly parameters: readonly CType[]; readonly name?: string }
  | { readonly kind: "va_list" };

export type NumberName =
  | "bool"
  | "char"
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "size_t"
  | "float"
  | "double";

const numbers: Readonly<Record<string, NumberName>> = {
  _Bool: "bool",
  char: "char",
  "signed char": "int8",
  "unsigned char": "uint8",
  int8_t: "int8",
  uint8_t: "uint8",
  int16_t: "int16",
  uint16_t: "uint16",
  short: "int16",
  "unsigned short": "uint16",
  int: "int32",
  "unsigned int": "uint32",
  int32_t: "int32",
  uint32_t: "uint32",
  int64_t: "int64",
  uint64_t: "uint64",
  size_t: "size_t",
  float: "float",
  double: "double",
};

/** Reads type spellings; knows the typedefs that were declared so far. */
export class TypeReader {
  readonly #typedefs = new Map<string, CType>();

  declare(name: string, type: CType): void {
    const named = type.kind === "pointer" && type.to.kind === "function" ? { ...type, to: { ...type.to, name } } : type;
    this.#typedefs.set(name, named.kind === "function" ? { ...named, name } : named);
  }

  typedef(name: string): CType | undefined {
    return this.#typedefs.get(name);
  }

  read(spelling: string): CType {
    const tokens = spelling.match(/[A-Za-z_]\w*|\d+|[*()[\],]|\.\.\./g) ?? [];
    const cursor = new Cursor(tokens, spelling);
    const type = this.#type(cursor);
    cursor.end();
    return type;
  }

  #type(cursor: Cursor): CType {
    const { base, readonly } = this.#base(cursor);
    return this.#declarator(cursor, base, readonly);
  }

  #base(cursor: Cursor): { base: CType; readonly: boolean } {
    const words: string[] = [];
    let readonly = false;
    while (cursor.isWord()) {
      const word = cursor.next();
      if (word === "const") readonly = true;
      else if (word !== "volatile" && word !== "restrict") words.push(word);
    }
    return { base: this.#named(words.join(" "), cursor), readonly };
  }

  #named(name: string, cursor: Cursor): CType {
    if (name === "void") return { kind: "void" };
    if (name === "va_list" || name === "__builtin_va_list" || name === "struct __va_list_tag")
      return { kind: "va_list" };
    const number = numbers[name];
    if (number !== undefined) return { kind: "number", name: number };
    const [tag, rest] = name.split(" ", 2);
    if (tag === "enum" && rest !== undefined) return { kind: "enum", name: rest };
    if ((tag === "struct" || tag === "union") && rest !== undefined) return { kind: "record", name: rest };
    if (name === "FILE") return { kind: "record", name: "FILE" };
    const known = this.#typedefs.get(name);
    if (known === undefined) throw new TypeError(`unknown C type "${name}" in "${cursor.text}"`);
    return known;
  }

  /** Pointers, function pointers and arrays behind the base type. */
  #declarator(cursor: Cursor, base: CType, readonly: boolean): CType {
    let type = base;
    let constant = readonly;
    while (cursor.take("*")) {
      type = { kind: "pointer", to: type, readonly: constant };
      constant = false;
      while (["const", "restrict", "volatile"].includes(cursor.peek() ?? ""))
        constant = cursor.next() === "const" || constant;
    }
    if (cursor.peek() === "(" && cursor.peek(1) === "*") {
      cursor.expect("(");
      cursor.expect("*");
      cursor.take("const");
      const inner = cursor.peek() === "[" ? this.#arrays(cursor, { kind: "void" }) : undefined;
      cursor.expect(")");
      if (cursor.peek() === "[") return { kind: "pointer", to: this.#arrays(cursor, type), readonly: constant };
      const pointer: CType = { kind: "pointer", to: this.#parameters(cursor, type), readonly: false };
      return inner?.kind === "array" ? { kind: "array", of: pointer, length: inner.length } : pointer;
    }
    if (cursor.peek() === "(") return this.#parameters(cursor, type);
    return this.#arrays(cursor, type);
  }

  #parameters(cursor: Cursor, result: CType): CType {
    cursor.expect("(");
    const parameters: CType[] = [];
    while (!cursor.take(")")) {
      const parameter = this.#type(cursor);
      if (parameter.kind !== "void") parameters.push(parameter);
      cursor.take(",");
    }
    return { kind: "function", result, parameters };
  }

  #arrays(cursor: Cursor, of: CType): CType {
    if (!cursor.take("[")) return of;
    const length = Number(cursor.next());
    cursor.expect("]");
    return { kind: "array", of: this.#arrays(cursor, of), length };
  }
}

class Cursor {
  readonly text: string;
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[], text: string) {
    this.#tokens = tokens;
    this.text = text;
  }

  peek(ahead = 0): string | undefined {
    return this.#tokens[this.#at + ahead];
  }

  isWord(): boolean {
    return /^[A-Za-z_]/.test(this.peek() ?? "");
  }

  next(): string {
    const token = this.peek();
    if (token === undefined) throw new TypeError(`C type "${this.text}" ends too early`);
    this.#at++;
    return token;
  }

  take(token: string): boolean {
    if (this.peek() !== token) return false;
    this.#at++;
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) throw new TypeError(`expected ${token} in C type "${this.text}"`);
  }

  end(): void {
    if (this.peek() !== undefined) throw new TypeError(`cannot read C type "${this.text}"`);
  }
}
