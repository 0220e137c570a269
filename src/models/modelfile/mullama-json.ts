import { readFile, stat, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { MullamaError } from "../../errors.js";
import type { ModelDefaults, ModelDefinition } from "../model-record.js";
import { templateFields } from "./definition.js";

/** What a `mullama.json` says, as plain JSON. */
export interface MullamaJson {
  /** A model's name, or the path of a GGUF file. */
  readonly from: string;
  /** Further parts of a split model. */
  readonly files?: readonly string[];
  /** What sees and hears for the model (mmproj). */
  readonly projector?: string;
  /** A small model of the same vocabulary, that guesses ahead: a name, or a path. */
  readonly draft?: string;
  readonly speculation?: { readonly maxDraft?: number; readonly minProbability?: number };
  readonly adapters?: readonly (string | { readonly path: string; readonly scale?: number })[];
  /** A chat template, or the file that has it. */
  readonly template?: string | { readonly file: string };
  readonly system?: string;
  readonly messages?: readonly { readonly role: string; readonly content: string }[];
  readonly defaults?: ModelDefaults;
  readonly licenses?: readonly string[];
  /** The least version of mullama. */
  readonly requires?: string;
}

/** What a `mullama.json` means; its paths are absolute. */
export interface MullamaJsonModel {
  readonly definition: ModelDefinition;
  readonly references: {
    readonly from: string;
    readonly files: readonly string[];
    readonly projector?: string | undefined;
    readonly draft?: string | undefined;
    readonly adapters: readonly { readonly path: string; readonly scale?: number | undefined }[];
  };
}

const LARGEST = 16 * 2 ** 20;

/**
 * Checks the text of a `mullama.json`.
 *
 * @throws {MullamaError} `MODELFILE_INVALID` naming what is wrong and what is allowed
 */
export async function parseMullamaJson(text: string): Promise<MullamaJson> {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new MullamaError("MODELFILE_INVALID", `mullama.json is not JSON: ${words}.`, { cause });
  }
  const { mullamaJsonSchema } = await import("./mullama-json-schema.js");
  const { success, data, error } = mullamaJsonSchema.safeParse(json);
  if (!success) {
    const problems = error.issues.slice(0, 5).map(({ path, message }) => `${path.join(".") || "it"}: ${message}`);
    throw new MullamaError("MODELFILE_INVALID", `mullama.json is wrong: ${problems.join("; ")}.`, { cause: error });
  }
  // JSON has no undefined, which is all that the schema's type allows beyond this one.
  return data as MullamaJson;
}

/**
 * Reads a `mullama.json`, what a Modelfile says and what it cannot: scales, speculation, every default.
 *
 * Relative paths are meant from the file's folder, and must stay in it; an absolute path is taken as it is. What begins with
 * `./`, or ends in `.gguf` and has no colon, is a path; all else that `from` and `draft` say is a model's name.
 *
 * @throws {MullamaError} `MODELFILE_INVALID`; `TEMPLATE_UNSUPPORTED` for a Go template that cannot be said in Jinja
 *
 * @example
 * const { definition, references } = await readMullamaJson("./my-model/mullama.json");
 */
export async function readMullamaJson(path: string): Promise<MullamaJsonModel> {
  const folder = dirname(resolve(path));
  const json = await parseMullamaJson(await readText(path));
  const { from, files = [], projector, draft, speculation, adapters = [], template, ...rest } = json;
  const { system, messages, defaults, licenses, requires } = rest;
  const text = typeof template === "object" ? await readText(inside(folder, template.file, "template.file")) : template;
  return {
    definition: {
      ...(text === undefined ? {} : templateFields(text)),
      ...(system === undefined ? {} : { system }),
      ...(defaults === undefined ? {} : { defaults }),
      ...(messages === undefined ? {} : { messages }),
      ...(licenses === undefined ? {} : { licenses }),
      ...(speculation === undefined ? {} : { speculation }),
      ...(requires === undefined ? {} : { requires }),
    },
    references: {
      from: modelOrPath(folder, from, "from"),
      files: files.map((file, index) => inside(folder, file, `files.${index}`)),
      projector: projector === undefined ? undefined : inside(folder, projector, "projector"),
      draft: draft === undefined ? undefined : modelOrPath(folder, draft, "draft"),
      adapters: adapters.map((adapter, index) => {
        const { path: file, scale } = typeof adapter === "string" ? { path: adapter, scale: undefined } : adapter;
        return { path: inside(folder, file, `adapters.${index}`), ...(scale === undefined ? {} : { scale }) };
      }),
    },
  };
}

/** Writes a `mullama.json`, checked as it would be when it is read. */
export async function writeMullamaJson(path: string, json: MullamaJson): Promise<void> {
  const text = `${JSON.stringify(json, null, 2)}\n`;
  await parseMullamaJson(text);
  await writeFile(path, text);
}

function modelOrPath(folder: string, text: string, name: string): string {
  const isPath = /^\.{0,2}[\\/]/.test(text) || isAbsolute(text) || (/\.gguf$/i.test(text) && !text.includes(":"));
  return isPath ? inside(folder, text, name) : text;
}

function inside(folder: string, path: string, name: string): string {
  if (isAbsolute(path)) return path;
  const whole = join(folder, path);
  const within = relative(folder, whole);
  if (within !== "" && within !== ".." && !within.startsWith(`..${sep}`) && !isAbsolute(within)) return whole;
  throw new MullamaError("MODELFILE_INVALID", `mullama.json, ${name}: ${JSON.stringify(path)} leaves its folder.`, {
    hint: "Give an absolute path, or move the file.",
  });
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size <= LARGEST) return await readFile(path, "utf8");
  } catch (cause) {
    throw new MullamaError("MODELFILE_INVALID", `${path} cannot be read.`, { cause });
  }
  throw new MullamaError("MODELFILE_INVALID", `${path} is larger than 16 MiB.`);
}
