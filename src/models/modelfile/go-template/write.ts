/** Texts of Jinja. All of a template is on one line, as Jinja drops the line end behind a block. */

/** A text as an expression. */
export function literal(text: string): string {
  const escaped = text.replace(/[\\"\n\r\t\b\f\v]/g, (character) => escapes[character] ?? character);
  return `"${escaped}"`;
}

const escapes: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': '\\"',
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\f": "\\f",
  "\v": "\\v",
};

/** A text as output. Marks of Jinja are taken apart, since it looks for some of them in quotes too. */
export function output(text: string): string {
  return text
    .split(/(?<=[{%#-])(?=[{%#}-])|(?<=\})(?=\})/)
    .map((part) => `{{ ${literal(part)} }}`)
    .join("");
}

/** A value as Go's `json.Marshal` writes it. */
export function json(value: string): string {
  const replaced = [
    ["&", "\\\\u0026"],
    ["<", "\\\\u003c"],
    [">", "\\\\u003e"],
    ["\u2028", "\\\\u2028"],
    ["\u2029", "\\\\u2029"],
  ]
    .map(([from, to]) => `|replace("${from}", "${to}")`)
    .join("");
  return `(${value}|tojson(separators=[",", ":"])${replaced})`;
}
