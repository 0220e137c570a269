/** Our notation for C types (see `generated/`), as koffi types. */
import type { TypeObject } from "koffi";
import { callbackSignatures, type Callbacks } from "./generated/callbacks.js";
import { structLayouts } from "./generated/structs.js";
import type { StructLayout } from "./function.js";
import { koffi } from "./koffi.js";

const known = new Map<string, TypeObject>([
  ["ptr", koffi.type("void *")],
  ["str", koffi.type("const char *")],
  ["strs", koffi.type("const char **")],
]);

/** The koffi type for `notation`: a number type, `ptr`, `str`, `strs`, a struct, `*struct`, `&callback` or `T[n]`. */
export function nativeType(notation: string): TypeObject {
  let type = known.get(notation);
  if (type === undefined) {
    type = makeType(notation);
    known.set(notation, type);
  }
  return type;
}

function makeType(notation: string): TypeObject {
  if (notation.startsWith("*")) return koffi.pointer(nativeType(notation.slice(1)));
  if (notation.startsWith("&")) return koffi.pointer(callbackType(notation.slice(1) as keyof Callbacks));
  if (notation.endsWith("]")) return arrayType(notation);
  const layout = structLayouts[notation];
  return layout === undefined ? koffi.type(notation) : recordType(layout);
}

function arrayType(notation: string): TypeObject {
  const open = notation.lastIndexOf("[");
  const element = notation.slice(0, open);
  const length = Number(notation.slice(open + 1, -1));
  return element === "char" ? koffi.array("char", length, "String") : koffi.array(nativeType(element), length, "Array");
}

function recordType(layout: StructLayout): TypeObject {
  return koffi.struct(mapFields(layout));
}

function mapFields(layout: StructLayout): Record<string, TypeObject> {
  return Object.fromEntries(
    Object.entries(layout).map(([name, field]) => [
      name,
      typeof field === "string" ? nativeType(field) : koffi.union(mapFields(field)),
    ]),
  );
}

const protos = new Map<keyof Callbacks, TypeObject>();

/** The koffi prototype of a callback type. */
export function callbackType(name: keyof Callbacks): TypeObject {
  let proto = protos.get(name);
  if (proto === undefined) {
    const [result = "void", ...parameters] = callbackSignatures[name];
    proto = koffi.proto(nativeType(result), parameters.map(nativeType));
    protos.set(name, proto);
  }
  return proto;
}
