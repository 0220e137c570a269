import { closest } from "../suggest.js";
import { readInstructions } from "./instruction.js";
import { invalid, type Modelfile, type ModelfileRole, modelfileRoles } from "./modelfile.js";
import { type ParameterName, parameterNames } from "./parameters.js";
import { readParameter } from "./read-parameter.js";

type Writable = { -readonly [Key in keyof Modelfile]: Modelfile[Key] };

/**
 * Reads a Modelfile, in Ollama's format.
 *
 * Instructions are read in any case; where one that can be meant only once comes again, the last is meant, as in Ollama.
 * Lines may end in CR, LF or both; in the values they end in LF.
 *
 * @throws {MullamaError} `MODELFILE_INVALID` with the line, the instruction and what is allowed
 *
 * @example
 * const { from, system } = parseModelfile('FROM smollm2:135m\nSYSTEM "Be brief."\nPARAMETER temperature 0.2');
 */
export function parseModelfile(text: string): Modelfile {
  const from: string[] = [];
  const parameters: { name: ParameterName; value: number | boolean | string }[] = [];
  const adapters: string[] = [];
  const messages: { role: ModelfileRole; content: string }[] = [];
  const licenses: string[] = [];
  const single: Partial<Writable> = {};
  let line = 1;
  for (const { name, subject, value, line: at } of readInstructions(text)) {
    line = at;
    switch (name) {
      case "FROM":
        from.push(named(value, at, name));
        break;
      case "ADAPTER":
        adapters.push(named(value, at, name));
        break;
      case "LICENSE":
        licenses.push(value);
        break;
      case "MESSAGE":
        messages.push({ role: roleOf(subject, at), content: value });
        break;
      case "PARAMETER": {
        const parameter = parameterOf(subject, at);
        const problem = readParameter(parameter, value);
        if (typeof problem === "object") throw invalid(at, `PARAMETER ${parameter}`, problem.problem);
        parameters.push({ name: parameter, value: problem });
        break;
      }
      case "TEMPLATE":
        single.template = value;
        break;
      case "SYSTEM":
        single.system = value;
        break;
      case "DRAFT":
        single.draft = named(value, at, name);
        break;
      case "RENDERER":
        single.renderer = named(value, at, name);
        break;
      case "PARSER":
        single.parser = named(value, at, name);
        break;
      case "REQUIRES":
        single.requires = named(value, at, name);
    }
  }
  if (from.length === 0) throw invalid(line, "FROM", "it is missing", "Begin with FROM and a model's name or file.");
  return { from, parameters, adapters, messages, licenses, ...single };
}

function named(value: string, line: number, instruction: string): string {
  if (value.trim() === "" || /[\0\n]/.test(value))
    throw invalid(line, instruction, "its value must be one line of text");
  return value;
}

function roleOf(word: string, line: number): ModelfileRole {
  const role = modelfileRoles.find((known) => known === word);
  if (role !== undefined) return role;
  throw invalid(
    line,
    "MESSAGE",
    `the role must be one of ${modelfileRoles.join(", ")}, but is ${JSON.stringify(word)}`,
  );
}

function parameterOf(word: string, line: number): ParameterName {
  const found = parameterNames.find((name) => name === word);
  if (found !== undefined) return found;
  const near = closest(word.slice(0, 40), parameterNames);
  throw invalid(
    line,
    "PARAMETER",
    `there is no parameter ${JSON.stringify(word.slice(0, 40))}`,
    near === undefined ? `Known are ${parameterNames.join(", ")}.` : `Did you mean ${near}?`,
  );
}
