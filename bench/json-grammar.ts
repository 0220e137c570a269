/** A JSON object of ten fields, as a grammar. */
const fields = {
  name: "string",
  age: "integer",
  city: "string",
  married: "boolean",
  height: "integer",
  job: "string",
  email: "string",
  children: "integer",
  student: "boolean",
  hobby: "string",
};

const object = Object.entries(fields)
  .map(([name, type]) => `"\\"${name}\\": " ${type}`)
  .join(' ", " ');

export const jsonGrammar = [
  `root ::= "{" ${object} "}"`,
  `string ::= "\\"" ([^"\\\\\\x00-\\x1f] | "\\\\" ["\\\\/bfnrt]){1,24} "\\""`,
  `integer ::= [1-9] [0-9]{0,2}`,
  `boolean ::= "true" | "false"`,
].join("\n");
